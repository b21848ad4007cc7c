"""One process of the fuzzing: try the files of some seeds, and say of each what became of it.

It is started by bench.fuzz_audio, as `python -m bench.audio_trials FIRST BEHIND_THE_LAST [--decode-only]`, and writes a
line of JSON for each file.
"""

import json
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bench.audio_mutations import corpus, mutate
from speechapp.audio.clip import process
from speechapp.audio.decode import decode
from speechapp.audio.format import SNIFF_BYTES, sniff_container
from speechapp.errors import Unusable

MAX_CPU_S = 1.0
KILLED_AFTER_CPU_S = 10
MAX_MEMORY_MB = 300
MAX_ADDRESSES_BYTES = 4 * 2**30  # libraries reserve more than they use; this only spares the machine


@dataclass(frozen=True)
class Trial:
    """What became of the file of a seed.

    end        "processed", or the code of the refusal, or "exception", or "died"
    fault      what should not have been: "exception", "died", "slow" or "memory"; empty for none
    detail     the traceback, or what a process said when it died
    cpu_s      CPU time of this file
    memory_mb  the largest memory of the process so far
    """

    seed: int
    container: str
    end: str
    fault: str = ""
    detail: str = ""
    cpu_s: float = 0.0
    memory_mb: float = 0.0


def main(first: int, behind: int, decode_only: bool) -> None:
    """Try seed after seed. A process that has grown too large stops, so that the next seed is not blamed."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES_BYTES, MAX_ADDRESSES_BYTES))
    recordings = tuple(corpus().values())
    for seed in range(first, behind):
        signal.setitimer(signal.ITIMER_PROF, KILLED_AFTER_CPU_S)  # nothing catches the signal: a hang ends here
        trial = try_seed(recordings, seed, decode_only)
        print(json.dumps(asdict(trial)), flush=True)
        if trial.fault == "memory":
            return


def try_seed(recordings: Sequence[bytes], seed: int, decode_only: bool = False) -> Trial:
    """Decode the file of a seed as the tool does, of any length, and process it as the service does."""
    raw = mutate(recordings, seed)
    container = str(sniff_container(raw[:SNIFF_BYTES]))
    started_s = time.process_time()
    try:
        end = _end(lambda: decode(raw, None))
        if not decode_only:
            end = _end(lambda: process(raw))
    except Exception:
        return Trial(seed, container, "exception", "exception", traceback.format_exc())
    cpu_s = time.process_time() - started_s
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fault = "slow" if cpu_s > MAX_CPU_S else "memory" if memory_mb > MAX_MEMORY_MB else ""
    return Trial(seed, container, end, fault, cpu_s=cpu_s, memory_mb=memory_mb)


def _end(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except Unusable as refusal:
        return refusal.code
    return "processed"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), decode_only="--decode-only" in sys.argv)
