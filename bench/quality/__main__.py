"""`python -m bench.quality`: what the quality check finds of planted faults, and how often it blames sound without one.

  python -m bench.quality                     the reported speakers
  python -m bench.quality --part development  those the limits were chosen on
  python -m bench.quality --pictures          draws docs/pictures/quality-*.png as well (extra: train)

Real speech is looked for at SPEECHAPP_REAL_SPEECH. Every fault is planted into takes that have not
got it by themselves; half of them are brought to 48 kHz before, as browsers record. Intervals are of 95 % (Wilson).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.quality.judging import judge_clean, judge_planted
from bench.quality.recordings import read_recordings
from bench.quality.tables import clean_table, planted_table

PICTURES = Path("docs/pictures")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", default="reported", choices=("development", "reported"))
    parser.add_argument("--n", type=int, default=200, help="takes for each fault and strength (default: 200)")
    parser.add_argument("--only", default="", help="a fault, to look at that alone")
    parser.add_argument("--pictures", action="store_true", help="draw the pictures of the documents")
    options = parser.parse_args(arguments)
    recordings = read_recordings(options.part)
    clean = judge_clean(recordings)
    planted = judge_planted(recordings, clean, options.n, options.only)
    console = Console(width=150, highlight=False)
    console.print(planted_table(planted))
    console.print(clean_table(clean))
    if options.pictures:
        from bench.quality.pictures import draw  # only here: matplotlib is not for everybody

        draw(clean, planted, PICTURES)


if __name__ == "__main__":
    main()
