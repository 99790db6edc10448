"""Run by Alembic, with the connection that ``core.db.upgrade`` puts into the configuration."""

from __future__ import annotations

from alembic import context

from core.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
