"""Which vocabulary a visit is of, and of which language a clip and a release are.

Columns are added and dropped plainly: SQLite would make the tables anew, and cannot while others refer to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("vocabulary", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("clips", sa.Column("language", sa.String(length=16), nullable=True))
    op.add_column("releases", sa.Column("language", sa.String(length=16), nullable=True))
    op.execute("UPDATE visits SET vocabulary = language")  # there was one vocabulary, usually called by its language
    op.execute("UPDATE clips SET language = (SELECT visits.language FROM visits WHERE visits.id = clips.visit_id)")


def downgrade() -> None:
    op.drop_column("releases", "language")
    op.drop_column("clips", "language")
    op.drop_column("visits", "vocabulary")
