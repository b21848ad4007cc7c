"""What is wrong with a take, by its measures: each fault with its limit, its weight and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from speechapp.audio.measure import Measures
from speechapp.faults import FAULTS as FAULTS  # codes, gravest first


@dataclass(frozen=True)
class Limits:
    """Where a measure becomes a fault. Chosen on the development speakers of `bench/quality`, which has their rates.

    least_voiced_ms      less is no vowel; a creaky or whispered word may have no more
    missing_ms           more than containers are wrong about
    n_clipped_samples    as in gate.js; two or three at full scale are not heard
    n_dropouts           one is heard
    lead_ms, tail_ms     two frames: speech that comes nearer to an end of the take was cut there
    gap_ms               the longest stop within one of 1,321 words is 260 ms; faster speakers pause for less
    outside_ms           less of a word is its fading end
    quiet_dbfs           a peak of about -42 dBFS, as in gate.js
    snr_db               words mixed into noise at 10 to 12 dB, by the mean square of the whole word
    gated_ms             together; shorter ones come by chance
    bandwidth_hz         a telephone ends at 4 kHz, its resampling a little later
    hum_db               lines that stand out less are found in rooms without hum
    hum_under_speech_db  fainter hum does no harm
    offset_dbfs          2 % of full scale; it is removed, but the microphone is not well
    """

    least_voiced_ms: float = 40.0
    missing_ms: float = 20.0
    n_clipped_samples: int = 6
    n_dropouts: int = 1
    lead_ms: float = 20.0
    tail_ms: float = 20.0
    gap_ms: float = 270.0
    outside_ms: float = 50.0
    quiet_dbfs: float = -57.0
    snr_db: float = 15.0
    gated_ms: float = 50.0
    bandwidth_hz: float = 4_300.0
    hum_db: float = 20.0
    hum_under_speech_db: float = 30.0
    offset_dbfs: float = -34.0


LIMITS = Limits()


def faults(measures: Measures, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Name the faults of a clip, codes of FAULTS, gravest first.

    What is asked of speech is not asked of a take without a voice, nor of two words whether they fit into one clip.
    """
    found = _found(measures, limits)
    return tuple(code for code in FAULTS if found[code])


def _found(measures: Measures, limits: Limits) -> Mapping[str, bool]:
    has_voice = measures.voiced_ms >= limits.least_voiced_ms
    is_one_word = measures.longest_gap_ms < limits.gap_ms
    return {
        "silent": not has_voice,
        "truncated": measures.missing_ms >= limits.missing_ms,
        "clipped": measures.n_clipped_samples >= limits.n_clipped_samples,
        "dropouts": measures.n_dropouts >= limits.n_dropouts,
        "cut_off_start": has_voice and measures.lead_ms < limits.lead_ms,
        "cut_off_end": has_voice and measures.tail_ms < limits.tail_ms,
        "two_words": not is_one_word,
        "too_long": is_one_word and measures.outside_ms >= limits.outside_ms,
        "too_quiet": has_voice and measures.active_dbfs < limits.quiet_dbfs,
        "too_noisy": has_voice and measures.snr_db < limits.snr_db,
        "gated": measures.gated_ms >= limits.gated_ms,
        "narrow_band": has_voice and measures.bandwidth_hz < limits.bandwidth_hz,
        "hum": measures.hum_db >= limits.hum_db
        and measures.hum_dbfs >= measures.active_dbfs - limits.hum_under_speech_db,
        "offset": measures.offset_dbfs >= limits.offset_dbfs,
    }
