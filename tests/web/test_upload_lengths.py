"""An upload arrives whole, also where its end falls on the edge of what the form parser reads at once."""

import json

import pytest
from webtest import TestApp, TestResponse

from tests import sounds
from tests.cast import Volunteer

pytestmark = pytest.mark.slow

CHUNK_BYTES = 64 * 1024
BOUNDARY = "-" * 20 + "boundary"
CLOSING = f"\r\n--{BOUNDARY}--\r\n"


def upload_with_length(web: TestApp, volunteer: Volunteer, n_bytes: int) -> TestResponse:
    """Upload a recording so long that the whole request body has this many bytes."""
    longest = sounds.silence()[: CHUNK_BYTES - len(form(volunteer, b""))]
    audio = sounds.silence()[: len(longest) + n_bytes - len(form(volunteer, longest))]
    headers = {**volunteer.headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return web.post("/api/clips", form(volunteer, audio), headers=headers)


def form(volunteer: Volunteer, audio: bytes) -> bytes:
    metadata = json.dumps(volunteer.metadata(0, audio))
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{metadata}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="audio"; filename="clip.wav"\r\n\r\n'
    )
    return head.encode() + audio + CLOSING.encode()


@pytest.mark.parametrize("n_bytes_of_closing_in_next_chunk", range(len(CLOSING) + 1))
def test_a_closing_boundary_cut_by_the_edge_of_a_chunk_adds_nothing_to_the_audio(
    web: TestApp, volunteer: Volunteer, n_bytes_of_closing_in_next_chunk: int
) -> None:
    response = upload_with_length(web, volunteer, CHUNK_BYTES + n_bytes_of_closing_in_next_chunk)
    assert response.status_code == 201
