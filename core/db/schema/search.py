"""What customers are found by while somebody types: all of it follows from name and addresses.

Beside these, SQLite has ``customer_words`` (FTS5) over ``customers.search``; triggers keep it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, Table, Text

from core.db.schema.columns import Id, metadata
from core.db.schema.columns import number as _number

#: In the order of code points on every database, so that a beginning is a range.
_Ordered = Text().with_variant(Text(collation="C"), "postgresql")

customer_beginnings = Table(
    "customer_beginnings",
    metadata,
    Column("customer_id", Id, ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("part", SmallInteger, primary_key=True, autoincrement=False),  # see ``db.words.Part``
    Column("word", _Ordered, primary_key=True),
    sqlite_with_rowid=False,
)
Index(
    "ix_customer_beginnings_word",
    customer_beginnings.c.part,
    customer_beginnings.c.word,
    customer_beginnings.c.customer_id,
)

#: Words of names by three of their letters; a word that no name has any more may stay.
word_grams = Table(
    "word_grams",
    metadata,
    Column("gram", _Ordered, primary_key=True),
    Column("word", _Ordered, primary_key=True),
    sqlite_with_rowid=False,
)


document_counts = Table(
    "document_counts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),  # whose: 0 on SQLite
    _number("n"),
    sqlite_with_rowid=False,
)
