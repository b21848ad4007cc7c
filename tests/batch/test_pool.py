"""Many jobs over several processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speechapp.batch.pool import available_processes, run
from speechapp.batch.result import Result
from speechapp.errors import StorageError
from tests.batch.takes import inside
from tests.batch.work import Job, die, fill_the_disk, press_ctrl_c, repeat

MANY = [Job(str(number)) for number in range(400)]


def names(arrived: list[list[Result]]) -> list[str]:
    return [result.input for results in arrived for result in results]


def test_one_process_is_this_one() -> None:
    arrived = list(run(repeat, MANY, "x", 1))
    assert names(arrived) == [job.name for job in MANY]
    assert {result.message for results in arrived for result in results} == {str(os.getpid())}


def test_few_jobs_are_done_here_too() -> None:
    [[result]] = run(repeat, [Job("a")], "x", 4)
    assert result.message == str(os.getpid())
    assert list(run(repeat, [], "x", 4)) == []


@pytest.mark.slow
def test_several_processes_do_all_jobs_once() -> None:
    arrived = list(run(repeat, MANY, "x", 2))
    assert sorted(names(arrived), key=int) == [job.name for job in MANY]
    assert str(os.getpid()) not in {result.message for results in arrived for result in results}


@pytest.mark.slow
def test_long_recordings_are_handed_over_one_by_one() -> None:
    jobs = [Job(str(number), n_bytes=40_000_000) for number in range(6)]
    assert [len(results) for results in run(repeat, jobs, "x", 2)] == [1] * 6


def test_a_full_disk_ends_it_here() -> None:
    assert names(list(run(fill_the_disk, MANY, "5", 1))) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.slow
def test_a_full_disk_ends_it_in_every_process() -> None:
    done = names(list(run(fill_the_disk, MANY, "0", 2)))
    assert 1 <= len(done) < len(MANY) / 2


@pytest.mark.slow
def test_a_process_that_the_system_ended_is_told() -> None:
    with pytest.raises(StorageError, match="memory ran out") as told:
        list(run(die, MANY, "40", 2))
    assert told.value.code == "worker_died"


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_under_way_and_begins_nothing_more(tmp_path: Path) -> None:
    arrived: list[list[Result]] = []
    with pytest.raises(KeyboardInterrupt):
        arrived.extend(run(press_ctrl_c, MANY, str(tmp_path), 2))
    assert sorted(names(arrived)) == inside(tmp_path)
    assert 1 <= len(names(arrived)) < len(MANY)


def test_there_is_a_processor() -> None:
    assert available_processes() >= 1


@pytest.mark.slow
def test_a_script_needs_no_guard_for_its_processes(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from speechapp.batch.pool import run\n"
        "from tests.batch.work import Job, repeat\n"
        "results = run(repeat, [Job(str(n)) for n in range(100)], 'x', 2)\n"
        "print(sum(len(arrived) for arrived in results))\n"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, script], env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True)
    assert (ran.stdout, ran.stderr) == (b"100\n", b"")
