"""A generated company with a year of emails, and the stand-in for AWS that it sends through.

Everything goes through the same code as in production: the documents by the import's catalogue, the
emails by the outbox, what became of them as SES's own JSON through the ingest.
"""

from core.demo.run import company

__all__ = ["company"]
