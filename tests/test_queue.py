"""The queue: messages arrive whole, carry only ids, and may fail to be sent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from queue import Empty
from typing import Any

import pytest

from speechapp.config import Config, read_config
from speechapp.queue import Queue, make_celery
from tests.rabbitmq import free_port

SLOW_MESSAGE = {"body": [datetime(2026, 1, 2, tzinfo=UTC)] * 50_000}  # writing it takes far longer than looking for it


@pytest.fixture
def channel(config: Config) -> Iterator[Any]:
    with make_celery(config).connection_for_write() as connection:
        yield connection.channel()


def next_message(channel: Any) -> Any:
    """Look for a message without a pause until there is one."""
    while True:
        try:
            return channel._get("celery")
        except Empty:
            continue


def test_a_message_is_not_seen_before_all_of_it_is_written(channel: Any) -> None:
    with ThreadPoolExecutor(1) as writer:
        written = writer.submit(channel._put, "celery", SLOW_MESSAGE)
        assert next_message(channel) == SLOW_MESSAGE
        written.result()


def test_messages_come_out_in_the_order_they_went_in(channel: Any) -> None:
    channel._put("celery", {"body": "first"})
    channel._put("celery", {"body": "second"})
    assert [next_message(channel), next_message(channel)] == [{"body": "first"}, {"body": "second"}]


def test_each_task_is_sent_by_its_name_with_nothing_but_an_id(config: Config, channel: Any) -> None:
    queue = Queue(config)
    queue.process_clip("c1")
    queue.cut_release("0.1")
    queue.purge_withdrawn()
    sent = [next_message(channel) for _ in range(3)]
    assert [(message["headers"]["task"], message["headers"]["argsrepr"]) for message in sent] == [
        ("speechapp.process_clip", "('c1',)"),
        ("speechapp.cut_release", "('0.1',)"),
        ("speechapp.purge_withdrawn", "()"),
    ]
    assert {message["content-type"] for message in sent} == {"application/json"}


def test_a_broker_that_is_down_is_logged_and_stops_nobody(
    settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    broker = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    Queue(read_config(settings | {"SPEECHAPP_BROKER_URL": broker})).process_clip("c1")
    assert "broker not reached, speechapp.process_clip ('c1',) waits for the sweep" in caplog.text
