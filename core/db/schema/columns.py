"""What all tables share: names of constraints, and the kinds of columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, SmallInteger, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
Id = BigInteger().with_variant(Integer, "sqlite")


def number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def flag(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False, server_default=text("0"))


def text_column(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"))
