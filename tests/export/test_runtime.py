"""Running an exported model: what it answers, and what it does not need."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from speechapp.errors import DataError
from speechapp.export.onnx import OnnxExport
from speechapp.export.runtime import KeywordModel
from tests.training.tones import tone

pytestmark = pytest.mark.slow

PRINT_WHAT_IS_LOADED = """
import sys
import numpy as np
from pathlib import Path
from speechapp.export.runtime import KeywordModel
model = KeywordModel.load(Path(sys.argv[1]))
print(len(model.label(np.zeros(16_000, np.float32))))
print(sorted({"torch", "soundfile", "matplotlib", "flask", "speechapp.training.models"} & set(sys.modules)))
"""


def test_labels_come_most_likely_first(exported: OnnxExport) -> None:
    model = KeywordModel.load(exported.path)
    ranked = model.label(tone(300.0))
    assert sorted(name for name, _ in ranked) == sorted(model.labels)
    assert [posterior for _, posterior in ranked] == sorted((posterior for _, posterior in ranked), reverse=True)
    best = model.posteriors(tone(300.0)[np.newaxis])[0]
    assert ranked[0] == (model.labels[int(best.argmax())], float(best.max()))


def test_it_needs_no_torch(exported: OnnxExport) -> None:
    command = [sys.executable, "-W", "error", "-c", PRINT_WHAT_IS_LOADED, str(exported.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("4\n[]\n", "")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.onnx cannot be read; make it with speechapp export"):
        KeywordModel.load(tmp_path / "none.onnx")


def test_what_is_no_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(DataError, match="not an ONNX model"):
        KeywordModel.load(tmp_path / "text.onnx")


def test_a_model_of_others_is_an_error(exported: OnnxExport) -> None:
    model = onnx.load_model(exported.path)
    del model.metadata_props[:]
    with pytest.raises(DataError, match="does not say what its labels are"):
        KeywordModel(model.SerializeToString())
