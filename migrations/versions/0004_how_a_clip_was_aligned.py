"""Where the word lies in a take, what was measured of it and what is wrong with it; what processing again leaves over.

Columns are added and dropped plainly, as in 0003. Clips processed before keep nulls until they are processed again;
how much there is to doubt follows from what was known of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REVIEW = ["state", "decision", "withdrawn_at", "replaced_by_id", "doubt", "id", "language"]


def upgrade() -> None:
    op.add_column("clips", sa.Column("word_start_ms", sa.Double(), nullable=True))
    op.add_column("clips", sa.Column("word_end_ms", sa.Double(), nullable=True))
    op.add_column("clips", sa.Column("alignment_confidence", sa.Double(), nullable=True))
    op.add_column("clips", sa.Column("alignment_method", sa.String(length=16), nullable=True))
    op.add_column("clips", sa.Column("faults", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("clips", sa.Column("measures", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("clips", sa.Column("doubt", sa.Double(), nullable=False, server_default="0"))
    op.add_column("reviews", sa.Column("outdated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "leftovers",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("clip_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_leftovers")),
    )
    op.execute(  # speechapp/doubt.py, for a clip of which neither faults nor a confidence are known
        "UPDATE clips SET doubt = 0.5 + CASE WHEN n_clipped_samples > 0 THEN 1 ELSE 0 END"
        " + CASE WHEN snr_db < 40 THEN 1 - snr_db / 40 ELSE 0 END WHERE snr_db IS NOT NULL"
    )
    op.drop_index("ix_clips_review", table_name="clips")
    op.create_index("ix_clips_review", "clips", REVIEW)
    op.drop_index("ix_reviews_clip_id", table_name="reviews")
    op.create_index("ix_reviews_clip_id_user_id", "reviews", ["clip_id", "user_id"])


def downgrade() -> None:
    op.drop_index("ix_reviews_clip_id_user_id", table_name="reviews")
    op.create_index("ix_reviews_clip_id", "reviews", ["clip_id"])
    op.drop_index("ix_clips_review", table_name="clips")
    op.create_index("ix_clips_review", "clips", ["state", "decision", "snr_db"])
    op.drop_table("leftovers")
    op.drop_column("reviews", "outdated_at")
    for column in ("doubt", "measures", "faults", "alignment_method", "alignment_confidence", "word_end_ms"):
        op.drop_column("clips", column)
    op.drop_column("clips", "word_start_ms")
