"""`python -m bench.align`: how well and how fast the second is chosen, beside the tools people use.

  python -m bench.align quality                      every method, every condition, all speakers
  python -m bench.align quality --part development   only speakers to develop on; `reported` are the others
  python -m bench.align quality --part reported --weights half.npz      with weights that never heard them
  python -m bench.align quality --methods word,librosa --conditions crops,"10 dB" --rounds 3
  python -m bench.align throughput --reference PATH  clips a second, beside the C++ tool of 2017
  TMPDIR=/dev/shm python -m bench.align throughput   the same without a disk
  python -m bench.align pictures                     the pictures of docs/alignment.md (extra: train)

Real speech is looked for at SPEECHAPP_REAL_SPEECH. Peers that are not installed are named, with the way to get them:
librosa and webrtcvad come with the extra `bench`, sox and ffmpeg from the system, the C++ tool is built by hand.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar
from unittest import mock

from rich.progress import Progress

from bench.align import data, pictures, tables, throughput
from bench.align.methods import methods
from bench.align.quality import Method, Outcome, judge, summarise
from bench.align.ways import Way, ways
from speechapp.audio import word_model

SHIPPED_NOTE = """\
The shipped weights of `word` have learnt from these very speakers. Its figures on speakers it never heard:
  python -m bench.align.training --part development --out half.npz
  python -m bench.align quality --part reported --weights half.npz"""
Measured = TypeVar("Measured")


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    if options.reference and not options.reference.is_file():
        raise SystemExit(f"There is no file {options.reference}; give the binary that extract_loudest_section builds.")
    present, missing = methods(options.reference)
    for name, fix in missing.items():
        tables.terminal().print(f"Not measured: {name}. To have it: {fix}")
    figures: dict[str, object] = {}
    if options.what in ("quality", "pictures", "all"):
        with listening_with(options.weights):
            outcomes = measure_quality(selected(present, options.methods, ways()), options)
        tables.show_quality(tables.terminal(), outcomes)
        figures["quality"] = quality_as_json(outcomes)
        if options.what == "pictures":
            for path in pictures.draw(outcomes, options.out):
                tables.terminal().print(f"Drawn: {path}")
    if options.what in ("throughput", "all"):
        timed = selected(ways(options.reference), options.methods, present)
        speeds = measure_throughput(timed, options.rounds or 5)
        tables.terminal().print(tables.speed_table(speeds, throughput.baseline(speeds)))
        figures["throughput"] = {name: asdict(speed) for name, speed in speeds.items()}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m bench.align", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("what", nargs="?", default="all", choices=("quality", "throughput", "pictures", "all"))
    made.add_argument(
        "--part",
        default="all",
        choices=data.PARTS,
        help="whose words; what is chosen here is chosen on `development` (default: all)",
    )
    made.add_argument("--seed", type=int, default=0, help="another seed, other crops and mixes (default: 0)")
    made.add_argument("--rounds", type=int, help="crops and mixes of each word (1); timings (5)")
    made.add_argument("--methods", metavar="A,B", help="only these (default: all that are here)")
    names = ", ".join(condition.name for condition in data.CONDITIONS)
    made.add_argument("--conditions", metavar="A,B", help=f"only these (default: {names})")
    made.add_argument("--reference", type=Path, metavar="PATH", help="the built extract_loudest_section of 2017")
    made.add_argument("--weights", type=Path, metavar="PATH", help="for `word`, by bench.align.training")
    made.add_argument("--json", type=Path, metavar="PATH", help="write the figures there too")
    made.add_argument(
        "--out", type=Path, default=Path("docs/pictures"), help="where pictures go (default: %(default)s)"
    )
    return made


def selected(present: Mapping[str, Measured], names: str | None, others: Iterable[str] = ()) -> dict[str, Measured]:
    """Choose by name; ends with a message where neither these nor the others have such a one."""
    wanted = names.split(",") if names else list(present)
    unknown = [name for name in wanted if name not in present and name not in others]
    if unknown:
        known = ", ".join(dict.fromkeys([*present, *others]))
        raise SystemExit(f"There is no {', '.join(unknown)} here. There is: {known}.")
    return {name: present[name] for name in wanted if name in present}


@contextmanager
def listening_with(weights: Path | None) -> Iterator[None]:
    """Let `word` use other weights than those that are shipped, which know all the speakers."""
    if weights is None:
        tables.terminal().print(SHIPPED_NOTE)
        yield
        return
    with weights.open("rb") as file:
        layers = word_model.read_layers(file)
    with mock.patch.object(word_model, "shipped_layers", return_value=layers):
        yield


def measure_quality(chosen: Mapping[str, Method], options: argparse.Namespace) -> tables.Outcomes:
    part, n_rounds = options.part, options.rounds or 1
    conditions = selected({condition.name: condition for condition in data.CONDITIONS}, options.conditions)
    outcomes: dict[str, dict[str, list[Outcome]]] = {}
    with Progress(console=tables.terminal(), transient=True) as progress:
        for name, condition in conditions.items():
            found = outcomes.setdefault(name, {method: [] for method in chosen})
            n_takes = data.n_takes(condition, part, n_rounds)
            takes = data.takes(condition, part, n_rounds, options.seed)
            for take in progress.track(takes, total=n_takes, description=name):
                for method_name, method in chosen.items():
                    found[method_name].append(judge(take, method(take.waveform)))
    return outcomes


def measure_throughput(chosen: Mapping[str, Way], n_rounds: int) -> dict[str, throughput.Speed]:
    with tempfile.TemporaryDirectory() as folder, Progress(console=tables.terminal(), transient=True) as progress:
        task = progress.add_task("", total=(n_rounds + 1) * len(chosen))
        tables.terminal().print(f"Takes and clips lie in {folder}; set TMPDIR to have them elsewhere.")

        def show(name: str) -> None:
            progress.update(task, description=name, advance=1)

        return throughput.measure(chosen, Path(folder), n_rounds, show)


def quality_as_json(outcomes: tables.Outcomes) -> dict[str, dict[str, object]]:
    return {
        condition: {method: asdict(summarise(found)) for method, found in of_method.items()}
        for condition, of_method in outcomes.items()
    }


if __name__ == "__main__":
    main()
