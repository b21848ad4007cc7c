"""What speakers tell of themselves, in a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speaker_details",
        sa.Column("speaker_id", sa.String(length=8), nullable=False),
        sa.Column("first_language", sa.String(length=8), nullable=True),
        sa.Column("accent", sa.String(length=64), nullable=True),
        sa.Column("age_band", sa.String(length=16), nullable=True),
        sa.Column("gender", sa.String(length=16), nullable=True),
        sa.Column("device_kind", sa.String(length=16), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["speaker_id"], ["speakers.id"], name=op.f("fk_speaker_details_speaker_id_speakers")),
        sa.PrimaryKeyConstraint("speaker_id", name=op.f("pk_speaker_details")),
    )


def downgrade() -> None:
    op.drop_table("speaker_details")
