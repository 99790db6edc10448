"""The baseline: all tables; what was before it is brought here by ``core.db.migrations.baseline``

The runner makes the tables before Alembic is asked, so that nothing is left to do here. Whatever
changes them from now on is an ordinary migration after this one.
"""

revision = "0017"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A database that stands here already is as this one makes it."""
