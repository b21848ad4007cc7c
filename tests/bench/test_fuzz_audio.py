"""Some hundred damaged recordings of the fuzzing; all of them with `python -m bench.fuzz_audio`."""

from collections.abc import Sequence

import pytest

from bench.audio_mutations import CHANGES, corpus, mend_ogg, mutate
from bench.audio_trials import try_seed
from bench.fuzz_audio import run
from speechapp.audio.decode import decode
from speechapp.audio.format import MEDIA_TYPES, SNIFF_BYTES, UNUSABLE_REASONS, sniff_container
from tests.audio.recordings import encode, tone


@pytest.fixture(scope="module")
def recordings() -> Sequence[bytes]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("SPEECHAPP_REAL_SPEECH", raising=False)
        return tuple(corpus().values())


def test_the_corpus_has_every_container(recordings: Sequence[bytes]) -> None:
    assert {sniff_container(raw[:SNIFF_BYTES]) for raw in recordings} == set(MEDIA_TYPES)
    assert all(decode(raw).waveform.size for raw in recordings)


def test_a_seed_is_always_the_same_file(recordings: Sequence[bytes]) -> None:
    assert [mutate(recordings, seed) for seed in range(50)] == [mutate(recordings, seed) for seed in range(50)]
    assert len({mutate(recordings, seed) for seed in range(50)}) == 50


def test_nearly_every_file_is_damaged(recordings: Sequence[bytes]) -> None:
    assert sum(mutate(recordings, seed) in recordings for seed in range(300)) < 30
    assert len({change.__name__ for change in CHANGES}) == 9


def test_the_checksums_of_ogg_pages_are_mended() -> None:
    raw = encode("opus in ogg", tone(300, 48_000, 0.4))
    damaged = bytearray(raw)
    damaged[22:26] = bytes(4)
    mend_ogg(damaged)
    assert damaged == raw


@pytest.mark.parametrize("first_seed", range(0, 400, 100))
def test_no_damaged_file_does_harm(recordings: Sequence[bytes], first_seed: int) -> None:
    trials = [try_seed(recordings, seed) for seed in range(first_seed, first_seed + 100)]
    assert [trial for trial in trials if trial.end not in {"processed", *UNUSABLE_REASONS}] == []


@pytest.mark.slow
@pytest.mark.slow
def test_the_processes_try_every_seed_once() -> None:
    assert sorted(trial.seed for trial in run(range(7, 27), n_processes=2, decode_only=True)) == list(range(7, 27))
