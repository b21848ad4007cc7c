"""The private link as a QR code: what a camera reads in it is the link, and nobody gets it without the token."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from webtest import TestApp, TestResponse

from tests.answers import refusal_of
from tests.cast import Volunteer
from tests.qr import read_modules

LINK = "/api/speakers/me/link.svg"


def code_for(volunteer: Volunteer, status: int | str | None = None, **environ: str) -> TestResponse:
    return volunteer.web.get(LINK, headers=volunteer.headers, extra_environ=environ, status=status)


def modules_of(svg: str) -> NDArray[np.bool_]:
    """The dark modules, from the path of horizontal lines that the picture is made of; without the quiet zone."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    dark = np.zeros((size, size), bool)
    x, y = 0, -0.5
    for move, numbers in re.findall(r"([MmhH])([-\d. ]+)", svg.rpartition(' d="')[2].partition('"')[0]):
        if move == "h":
            dark[int(y), x : x + int(numbers)] = True
            x += int(numbers)
        else:
            right, down = (float(number) for number in re.findall(r"-?\d*\.?\d+", numbers))
            x, y = (int(right), down) if move == "M" else (x + int(right), y + down)
    return dark[4:-4, 4:-4]


def test_a_camera_reads_the_link_in_it(volunteer: Volunteer) -> None:
    answer = code_for(volunteer, HTTP_HOST="say.example", **{"wsgi.url_scheme": "https"})
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert read_modules(modules_of(answer.text)) == f"https://say.example/mine#{volunteer.token}"


def test_it_is_dark_on_light_with_a_margin_and_takes_any_size(volunteer: Volunteer) -> None:
    svg = code_for(volunteer).text
    assert 'fill="#fffefb"' in svg
    assert 'stroke="#1c2629"' in svg
    assert re.search(r"<svg [^>]*(width|height)=", svg) is None
    assert "style=" not in svg


def test_each_speaker_has_another_code(volunteer: Volunteer, web: TestApp) -> None:
    other = Volunteer(web)
    other.start_visit()
    assert code_for(volunteer).text != code_for(other).text


@pytest.mark.parametrize(
    ("token", "expected"), [(None, (401, "token_missing")), ("unheard-of", (401, "token_unknown"))]
)
def test_without_a_known_token_there_is_no_code(web: TestApp, token: str | None, expected: tuple[int, str]) -> None:
    assert refusal_of(code_for(Volunteer(web, token), status="*")) == expected


def test_after_everything_was_withdrawn_there_is_no_code(volunteer: Volunteer) -> None:
    volunteer.web.post("/api/withdrawals", headers=volunteer.headers)
    assert refusal_of(code_for(volunteer, status="*")) == (410, "speaker_withdrawn")
