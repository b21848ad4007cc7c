"""Alembic's environment; `speechapp.migration` hands it the connection."""

from typing import Any, Literal

from alembic import context

from speechapp.db import UtcDateTime
from speechapp.models import Base


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must not change when our own types do: it names the plain type beneath."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
