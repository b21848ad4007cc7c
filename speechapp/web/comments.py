"""Scripts and styles without their comments: a third of their compressed weight, and browsers have no use for them."""

import re

# What begins a line, and types: no text, template or regular expression can be taken for these. /*! is a licence.
COMMENT = re.compile(rb"^[ \t]*(?:/\*(?!!).*?\*/|//[^\n]*)|/\*\* @type [^\n*]*\*/ ?", re.DOTALL | re.MULTILINE)


def without_comments(source: bytes) -> bytes:
    """The same code on the same lines; other comments behind code stay."""
    return COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), source)
