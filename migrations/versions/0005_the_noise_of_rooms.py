"""The noise of rooms that speakers choose to give."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_noises",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("speaker_id", sa.String(length=8), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=False),
        sa.Column("consent_version", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raw_key", sa.String(length=160), nullable=False),
        sa.Column("raw_sha256", sa.String(length=64), nullable=False),
        sa.Column("raw_bytes", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.Column("unusable_reason", sa.String(length=32), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("processed_key", sa.String(length=160), nullable=True),
        sa.Column("processed_sha256", sa.String(length=64), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("source_rate_hz", sa.Integer(), nullable=True),
        sa.Column("level_dbfs", sa.Double(), nullable=True),
        sa.Column("peak_dbfs", sa.Double(), nullable=True),
        sa.Column("swell_db", sa.Double(), nullable=True),
        sa.Column("voiced_ms", sa.Double(), nullable=True),
        sa.Column("silent_ms", sa.Double(), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("reject_reason", sa.String(length=32), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_room_noises_decided_by_id_users")),
        sa.ForeignKeyConstraint(["speaker_id"], ["speakers.id"], name=op.f("fk_room_noises_speaker_id_speakers")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_room_noises_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_noises")),
    )
    for columns in (["processed_key"], ["raw_key"], ["raw_sha256"], ["speaker_id"], ["state", "lease_until"]):
        op.create_index(op.f(f"ix_room_noises_{'_'.join(columns)}"), "room_noises", columns)


def downgrade() -> None:
    op.drop_table("room_noises")
