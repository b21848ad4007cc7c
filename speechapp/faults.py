"""Faults: what can be wrong with a clip that is heard all the same, in words. `audio/quality.py` tells which it has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from speechapp.errors import Sentence

# The code of each fault, gravest first, and what to do about it.
FAULTS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "silent": Sentence("No voice can be heard; check the microphone and say the word closer to it."),
        "truncated": Sentence("The file ends before the length it declares; send it again."),
        "clipped": Sentence("The microphone was overdriven; speak a little softer or move back a little."),
        "dropouts": Sentence(
            "Pieces of the sound were lost while recording; close other programs and record it again."
        ),
        "cut_off_start": Sentence("The recording begins within the word; wait for the prompt, then say it."),
        "cut_off_end": Sentence("The recording ends within the word; stop it a moment later."),
        "two_words": Sentence("More than one word was said; record one word at a time."),
        "too_long": Sentence("The word does not fit in one second; say it faster."),
        "too_quiet": Sentence("The word is too quiet; speak louder or move closer to the microphone."),
        "too_noisy": Sentence("The room is too loud; find a quieter place or move closer to the microphone."),
        "gated": Sentence("Noise suppression has cut into the sound; switch it off."),
        "narrow_band": Sentence(
            "The sound has only the band of a telephone; use another microphone than a Bluetooth headset."
        ),
        "hum": Sentence("There is mains hum; run the device on its battery or try another socket or cable."),
        "offset": Sentence("The sound has a constant offset; try another sound card or microphone."),
    }
)

# What reviewers call it, in two or three words.
FAULT_NAMES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "silent": Sentence("Nothing said"),
        "truncated": Sentence("File cut short"),
        "clipped": Sentence("Clipped"),
        "dropouts": Sentence("Gaps in the sound"),
        "cut_off_start": Sentence("Start cut off"),
        "cut_off_end": Sentence("End cut off"),
        "two_words": Sentence("More than one word"),
        "too_long": Sentence("Longer than a second"),
        "too_quiet": Sentence("Too quiet"),
        "too_noisy": Sentence("Too noisy"),
        "gated": Sentence("Noise suppression"),
        "narrow_band": Sentence("Telephone band"),
        "hum": Sentence("Mains hum"),
        "offset": Sentence("Constant offset"),
    }
)
