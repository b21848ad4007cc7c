"""Say anew which bytes the golden recordings become, after a change that was meant to change them.

    .venv/bin/python -m tests.audio.make_golden           # writes tests/audio/golden_clips.json: look at its diff
    .venv/bin/python -m tests.audio.make_golden --check   # names what differs; on another Python or processor

It needs no more than numpy, soxr and av.
"""

import json
import platform
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from speechapp.audio.clip import process
from tests.audio.golden_recordings import RECORDINGS

GOLDEN = Path(__file__).with_name("golden_clips.json")


def digests(name: str) -> dict[str, str]:
    """The SHA-256 of a golden recording and of its clip."""
    make, processing = RECORDINGS[name]
    raw = make()
    return {"recording": sha256(raw).hexdigest(), "clip": sha256(process(raw, processing).wav).hexdigest()}


def main() -> int:
    found = {name: digests(name) for name in RECORDINGS}
    if "--check" not in sys.argv:
        GOLDEN.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    golden = json.loads(GOLDEN.read_text())
    differing = [name for name in RECORDINGS if found[name] != golden[name]]
    place = f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}"
    print(f"{place}: {len(found) - len(differing)} of {len(found)} as they should be", *differing, sep="\n  differs: ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
