"""The private link of a speaker: the way to their recordings, and on with their visit, from any device."""

from io import BytesIO
from typing import Final

import segno
from flask import url_for

DARK: Final = "#1c2629"  # ink on paper in the dark theme too: not every scanner reads a negative
LIGHT: Final = "#fffefb"
QUIET_MODULES: Final = 4  # the margin that ISO/IEC 18004 asks for


def private_link(token: str) -> str:
    """The token stands in the fragment, which no browser sends to any server."""
    return f"{url_for('mine.page', _external=True)}#{token}"


def qr_code_svg(link: str) -> bytes:
    """A QR code of 15 % redundancy, as an SVG that takes the size it is given."""
    svg = BytesIO()
    code = segno.make_qr(link, error="m", boost_error=False)
    code.save(svg, kind="svg", border=QUIET_MODULES, dark=DARK, light=LIGHT, xmldecl=False, omitsize=True)
    return svg.getvalue()
