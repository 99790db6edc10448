"""Accounting exports (CSV) as records with their line numbers; no database in here.

``read`` recognises dialect and kind from the header; ``core.imports.dialects`` lists the columns.
"""

from core.imports.reader import read
from core.imports.records import CustomerRecord, DocumentRecord, ParsedFile, Progress

__all__ = ["CustomerRecord", "DocumentRecord", "ParsedFile", "Progress", "read"]
