"""Alembic's numbered steps; the first is the baseline."""
