"""Files of events, read without settings and without a database: nothing is stored."""

from core.services.feed.ingest import parse_file as parse

__all__ = ["parse"]
