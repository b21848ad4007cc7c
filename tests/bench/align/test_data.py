"""The takes that alignment is judged on: the word stays whole, and the noise is as loud as it says."""

import numpy as np
import pytest

from bench.align.data import (
    BED_S,
    CLICK_LEVELS,
    CLICK_WITHIN_S,
    Condition,
    Labelled,
    Surroundings,
    crop,
    generator,
    mix,
    sample_over_speakers,
)
from speechapp.audio.align import Window
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform

SHORTEST_CROP_SAMPLES = round(1.3 * SAMPLE_RATE_HZ)
ROUNDS = range(50)


def hiss(n_samples: int, seed: int, level: float = 0.05) -> Waveform:
    return np.random.default_rng(seed).normal(0, level, n_samples).astype(np.float32)


def clip(seconds: float = 2.2, word_s: tuple[float, float] = (0.6, 1.2)) -> Labelled:
    """Any sound; what counts is where the label says the word is."""
    start, stop = (round(edge_s * SAMPLE_RATE_HZ) for edge_s in word_s)
    waveform = hiss(round(seconds * SAMPLE_RATE_HZ), seed=1)
    return Labelled("a.flac", "ada", "cell", waveform, Window(start, stop - start))


CLICK = hiss(800, seed=2) / np.float32(np.abs(hiss(800, seed=2)).max())
ROOM = Surroundings((hiss(5 * SAMPLE_RATE_HZ, seed=3), hiss(4 * SAMPLE_RATE_HZ, seed=4)), (CLICK,))


def test_a_crop_holds_the_whole_word_where_it_says() -> None:
    whole = clip()
    crops = [crop(whole, generator(whole.name, round_number)) for round_number in ROUNDS]
    words = {take.waveform[take.word.start_samples : take.word.stop_samples].tobytes() for take in crops}
    assert words == {whole.waveform[whole.word.start_samples : whole.word.stop_samples].tobytes()}
    assert {take.spoken.tobytes() for take in crops} == words


def test_a_crop_leaves_at_least_1300_ms() -> None:
    whole = clip()
    lengths = [len(crop(whole, generator(whole.name, round_number)).waveform) for round_number in ROUNDS]
    assert min(lengths) >= SHORTEST_CROP_SAMPLES
    assert len(set(lengths)) > 40


def test_a_clip_that_is_shorter_stays_as_it_is() -> None:
    short = clip(seconds=1.25)
    take = crop(short, generator(short.name, 0))
    assert np.array_equal(take.waveform, short.waveform)
    assert take.word == short.word


def test_name_round_and_seed_decide_the_crop() -> None:
    whole = clip()
    first, again, other_round, other_name, other_seed = (
        crop(whole, generator(*key)).waveform.tobytes()
        for key in (("a", 0, 0), ("a", 0, 0), ("a", 1, 0), ("b", 0, 0), ("a", 0, 1))
    )
    assert first == again
    assert len({first, other_round, other_name, other_seed}) == 4


@pytest.mark.parametrize("snr_db", [30, 10, 0])
def test_a_mix_has_the_snr_it_says(snr_db: float) -> None:
    whole = clip(seconds=0.7, word_s=(0.0, 0.7))
    take = mix(whole, ROOM, Condition("mix", snr_db), generator("a", 0))
    noise = take.waveform.copy()
    noise[take.word.start_samples : take.word.stop_samples] -= take.spoken
    assert 10 * np.log10(np.var(take.spoken) / np.var(noise)) == pytest.approx(snr_db, abs=0.01)
    assert BED_S[0] <= len(take.waveform) / SAMPLE_RATE_HZ <= BED_S[1]


def test_the_word_lies_elsewhere_in_every_mix_and_always_whole() -> None:
    takes = [mix(clip(), ROOM, Condition("mix", 20), generator("a", round_number)) for round_number in ROUNDS]
    assert len({take.word.start_samples for take in takes}) > 45
    assert all(take.word.start_samples >= 0 and take.word.stop_samples <= len(take.waveform) for take in takes)


def test_the_noise_is_louder_at_a_lower_snr_and_all_else_the_same() -> None:
    loud, quiet = (mix(clip(), ROOM, Condition("mix", snr_db), generator("a", 0)) for snr_db in (0, 20))
    before = slice(0, loud.word.start_samples - 100)
    assert loud.word == quiet.word
    assert loud.waveform[before] == pytest.approx(10 * quiet.waveform[before], abs=1e-5)


def test_a_splice_does_not_click() -> None:
    loud_room = Labelled("a.flac", "ada", "cell", np.full(32_000, 0.5, dtype=np.float32), Window(8_000, 9_000))
    loud_room.waveform[8_000:17_000] += hiss(9_000, seed=5)
    take = mix(loud_room, ROOM, Condition("mix", 60), generator("a", 0))
    start = take.word.start_samples
    assert np.abs(np.diff(take.waveform[start - 200 : start])).max() < 0.01


def test_what_would_not_fit_is_scaled_as_a_whole() -> None:
    shouted = clip(seconds=0.7, word_s=(0.0, 0.7))
    shouted.waveform[:] *= 4
    take = mix(shouted, ROOM, Condition("mix", 0), generator("a", 0))
    assert np.abs(take.waveform).max() == pytest.approx(0.99, abs=1e-4)


def test_clicks_lie_near_the_ends_and_beside_the_word() -> None:
    still, clicked = (mix(clip(), ROOM, Condition("mix", 20, c), generator("a", 3)) for c in (False, True))
    clicks = clicked.waveform - still.waveform
    n_near = round(CLICK_WITHIN_S * SAMPLE_RATE_HZ) + len(CLICK)
    levels = np.abs([clicks[:n_near], clicks[-n_near:]]).max(axis=1) / np.abs(still.spoken).max()
    assert np.all((levels >= CLICK_LEVELS[0] - 1e-3) & (levels <= CLICK_LEVELS[1] + 1e-3))
    assert not clicks[n_near:-n_near].any()
    assert not clicks[clicked.word.start_samples : clicked.word.stop_samples].any()


def test_nobody_speaks_twice_before_everybody_has_spoken() -> None:
    rows = [
        {"path": f"{speaker}{n}", "speaker": speaker} for speaker in "abc" for n in range(3 if speaker < "c" else 1)
    ]
    chosen = sample_over_speakers(rows, 5)
    assert {row["speaker"] for row in chosen[:3]} == {"a", "b", "c"}
    assert {row["speaker"] for row in chosen[3:]} == {"a", "b"}
    assert sample_over_speakers(rows, 5) == chosen
