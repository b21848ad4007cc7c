"""Reviewing room noises: a list of forms for reviewers; nothing is decided without a login and a token."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from webtest import Form, TestApp

from speechapp.models import RoomNoise
from speechapp.services import Services
from tests import sounds
from tests.cast import Member, Volunteer
from tests.rows import NOON
from worker.room_noise import process_noise

LogIn = Callable[[str], Member]
PAGE = "/review/noise"


@pytest.fixture
def noise_id(volunteer: Volunteer, services: Services) -> str:
    """A noise that the worker let through."""
    given = str(volunteer.give_noise().json["noise"]["id"])
    process_noise(services, given)
    return given


def decisions(services: Services) -> list[tuple[str | None, str | None]]:
    with services.database.read() as session:
        return [(noise.decision, noise.reject_reason) for noise in session.scalars(select(RoomNoise))]


def test_the_list_is_for_reviewers(web: TestApp, noise_id: str) -> None:
    assert web.get(PAGE).location == "/login?next=/review/noise?"
    assert web.get(f"{PAGE}/{noise_id}/audio", status="*").status_code in (302, 401)
    assert web.post(f"{PAGE}/{noise_id}", {"decision": "accept"}, status="*").status_code in (302, 400, 401)


@pytest.mark.parametrize(
    ("decision", "kept"),
    [("accept", ("accept", None)), ("reject voice", ("reject", "voice")), ("reject other", ("reject", "other"))],
)
def test_a_noise_is_heard_decided_and_undone(
    member: LogIn, services: Services, noise_id: str, decision: str, kept: tuple[str, str | None]
) -> None:
    reviewer = member("reviewer")
    page = reviewer.web.get(PAGE)
    assert "1 to hear" in page
    heard = reviewer.web.get(f"{PAGE}/{noise_id}/audio")
    assert (heard.content_type, len(heard.body)) == ("audio/wav", 44 + 5 * 32_000)

    form_at(reviewer, noise_id).submit("decision", value=decision, status=302)
    assert decisions(services) == [kept]
    assert "There is no noise to hear" in reviewer.web.get(PAGE)
    form_at(reviewer, noise_id).submit("decision", value="undo", status=302)
    assert decisions(services) == [(None, None)]
    assert "1 to hear" in reviewer.web.get(PAGE)


def test_no_decision_counts_without_the_token_of_the_form(member: LogIn, services: Services, noise_id: str) -> None:
    answer = member("reviewer").web.post(f"{PAGE}/{noise_id}", {"decision": "accept"}, status="*")
    assert answer.status_code == 400
    assert decisions(services) == [(None, None)]


@pytest.mark.parametrize("decision", ["", "maybe", "reject", "accept voice", "reject nothing"])
def test_a_decision_of_another_form_is_refused(member: LogIn, services: Services, noise_id: str, decision: str) -> None:
    form = form_at(member("reviewer"), noise_id)
    assert form.submit("decision", value=decision, status="*").status_code == 422
    assert decisions(services) == [(None, None)]


def test_what_was_taken_back_meanwhile_is_neither_heard_nor_decided(
    member: LogIn, services: Services, noise_id: str
) -> None:
    reviewer = member("reviewer")
    form = form_at(reviewer, noise_id)
    with services.database.write() as session:
        session.execute(update(RoomNoise).values(withdrawn_at=NOON))
    assert form.submit("decision", value="accept", status="*").status_code == 409
    assert reviewer.web.get(f"{PAGE}/{noise_id}/audio", status="*").status_code == 409
    assert "There is no noise to hear" in reviewer.web.get(PAGE)


def test_what_the_worker_refused_is_never_shown(member: LogIn, volunteer: Volunteer, services: Services) -> None:
    process_noise(services, volunteer.give_noise(sounds.silence(5.0)).json["noise"]["id"])
    assert "There is no noise to hear" in member("reviewer").web.get(PAGE)


def form_at(reviewer: Member, noise_id: str) -> Form:
    """The form of this noise."""
    page = reviewer.web.get(PAGE)
    return next(form for form in page.forms.values() if form.action == f"{PAGE}/{noise_id}")
