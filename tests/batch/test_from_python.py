"""What docs/align-tool.md says about use from Python, and about columns, is so."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.audio.clip import process
from speechapp.batch.table import columns
from tests.audio.recordings import encode, tone
from tests.batch.takes import tree

DOCS = (Path(__file__).parents[2] / "docs" / "align-tool.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
Record = Callable[..., Path]


def test_the_examples_run_as_they_stand(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record("no.wav")
    (folder / "yes.m4a").write_bytes(encode("aac in mp4", tone(440, 44_100)))
    (folder / "damaged.m4a").write_bytes(b"no sound")
    monkeypatch.chdir(tmp_path)
    for example in EXAMPLES:
        exec(example, {})  # noqa: S102
    assert len(EXAMPLES) == 3
    assert (tmp_path / "yes.wav").read_bytes() == process((folder / "yes.m4a").read_bytes()).wav
    assert tree(tmp_path / "clips") == ["no.wav", "yes.wav"]
    shown = capsys.readouterr().out
    assert shown.startswith("['recordings/damaged.m4a']\n")
    assert re.findall(r"^recordings/\S+", shown, re.MULTILINE) == ["recordings/no.wav", "recordings/yes.m4a"]


@pytest.mark.parametrize("name", columns(with_measures=False))
def test_every_column_is_told(name: str) -> None:
    assert f"`{name}`" in DOCS
