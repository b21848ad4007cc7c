"""A process that keeps its memory, seen from outside: by the pages that the system had to clear for it."""

import subprocess
import sys

# Six arrays of the size of a take at once, again and again.
COUNT_FAULTS = """
import resource, sys
import numpy as np
from speechapp.audio.heap import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def work():
    for _ in range(10):
        arrays = [np.ones(40_000 + n) for n in range(6)]
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def n_page_faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", COUNT_FAULTS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_memory_once_used_is_not_asked_for_again() -> None:
    assert n_page_faults("kept") < 50
