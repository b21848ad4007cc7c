"""What the demo refuses, before and while its volunteers record."""

from collections.abc import Callable

import pytest

from speechapp.config import Config
from speechapp.demo.clearing import ORIGIN
from speechapp.demo.crowd import patience_s, record_all, require_empty, wait_until_processed
from speechapp.demo.plan import plan_volunteers
from speechapp.demo.recorder import Service
from speechapp.errors import ConfigError, Conflict
from speechapp.models import Speaker
from speechapp.services import Services
from tests.cast import Volunteer


def ignore(_n_done: int) -> None:
    """Nobody looks at the progress here."""


def make_synthetic(services: Services, volunteer: Volunteer) -> None:
    with services.database.write() as session:
        session.get_one(Speaker, volunteer.speaker).origin = ORIGIN


def test_an_empty_installation_is_ready_for_the_demo(services: Services) -> None:
    require_empty(services)


def test_somebodys_recordings_keep_the_demo_out(services: Services, volunteer: Volunteer) -> None:
    volunteer.upload(0)
    with pytest.raises(Conflict, match="holds 1 recordings") as refused:
        require_empty(services)
    assert refused.value.code == "installation_in_use"
    assert "SPEECHAPP_DATA_DIR=" in refused.value.message


def test_a_demo_that_is_there_keeps_another_out(services: Services, volunteer: Volunteer) -> None:
    volunteer.upload(0)
    make_synthetic(services, volunteer)
    with pytest.raises(Conflict, match="demo --clear") as refused:
        require_empty(services)
    assert refused.value.code == "demo_there_already"


def test_nobody_at_the_address_is_told_with_the_address_and_the_fix(free_port: int) -> None:
    with pytest.raises(ConfigError, match=rf"http://127\.0\.0\.1:{free_port}.*\./run"):
        Service(f"http://127.0.0.1:{free_port}").require_answer()


def test_a_worker_that_does_nothing_is_told(services: Services, volunteer: Volunteer) -> None:
    volunteer.upload(0)
    make_synthetic(services, volunteer)
    with pytest.raises(ConfigError) as refused:
        wait_until_processed(services, ignore, patience_s=0.0)
    assert refused.value.code == "worker_stalled"


def test_the_wait_ends_when_all_is_processed(
    services: Services, volunteer: Volunteer, process: Callable[[str], bool]
) -> None:
    process(volunteer.upload(0).json["clip"]["id"])
    make_synthetic(services, volunteer)
    n_done: list[int] = []
    wait_until_processed(services, n_done.append, patience_s=0.0)
    assert n_done[-1] == 1


@pytest.mark.slow
def test_a_service_with_other_data_is_told(running_service: dict[str, str], services: Services) -> None:
    url = f"http://127.0.0.1:{running_service['SPEECHAPP_PORT']}"
    with pytest.raises(ConfigError) as refused:
        record_all(services, Service(url), plan_volunteers(1, 1, seed=1), "en", ignore, ignore)
    assert refused.value.code == "other_installation"


def test_the_worker_gets_the_time_that_a_lost_message_needs_to_be_sent_again(config: Config) -> None:
    assert patience_s(config) > config.lease_s + config.sweep_s
