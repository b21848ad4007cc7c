"""`speechapp train`, `evaluate`, `export` and `label`, from a release of tones to a model that names them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from speechapp.audio.format import write_wav
from speechapp.cli import speechapp
from speechapp.errors import Conflict, DataError, InvalidInput
from speechapp.training.progress import TrainingProgress
from tests.training.tones import write_tone, write_tone_release

pytestmark = pytest.mark.slow

TINY = ("--words", "low,high", "--epochs", "2", "--batch-size", "24", "--channels", "8")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As for the other tests of training: threads only cost time here."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tone_release(tmp_path_factory.mktemp("release") / "tones_1.0")


@pytest.fixture(scope="module")
def trained(release: Path) -> Path:
    """A run directory with its exported model beside it."""
    run_dir = release.parent / "runs" / "first"
    invoke("train", release, "--out", run_dir, *TINY)
    invoke("export", run_dir, "--format", "onnx", "--out", run_dir.parent / "first.onnx")
    return run_dir


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(
        speechapp, [str(argument) for argument in arguments], catch_exceptions=False, prog_name="speechapp"
    )


def test_training_ends_with_what_was_reached(release: Path, tmp_path: Path) -> None:
    result = invoke("train", release, "--out", tmp_path / "run", *TINY)
    assert result.exit_code == 0
    assert "accuracy" in result.stdout
    assert "epoch 2/2" in result.stderr
    assert "1,372 parameters, 0.3 M multiply-accumulates" in result.stdout


def test_a_run_is_not_overwritten(release: Path, trained: Path) -> None:
    with pytest.raises(Conflict, match="continue it with --resume"):
        invoke("train", release, "--out", trained, *TINY)


def test_a_stopped_run_says_how_to_go_on_and_does(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingProgress, "step", stop)
    stopped = invoke("train", release, "--out", tmp_path / "run", *TINY)
    monkeypatch.undo()
    assert stopped.exit_code == 130
    assert f"speechapp train {release} --out {tmp_path / 'run'} --resume" in stopped.stdout.replace("\n", "")
    assert invoke("train", release, "--out", tmp_path / "run", "--resume").exit_code == 0


def test_settings_beside_resume_are_refused(release: Path, trained: Path) -> None:
    with pytest.raises(InvalidInput, match=r"leave out --epochs, --seed\."):
        invoke("train", release, "--out", trained, "--resume", "--epochs", "9", "--seed", "1")


def test_a_word_without_clips_is_refused_before_anything_is_written(release: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no training clips of marvin"):
        invoke("train", release, "--out", tmp_path / "run", "--words", "low,marvin")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("model", ["first", "first/best.pt", "first.onnx"])
def test_every_form_of_a_model_is_evaluated_alike(model: str, release: Path, trained: Path, tmp_path: Path) -> None:
    result = invoke("evaluate", trained.parent / model, release, "--out", tmp_path)
    assert "of 16), 95 % interval" in result.stdout
    assert (tmp_path / "confusion.png").is_file()


def test_an_evaluation_lies_beside_its_model_by_default(release: Path, trained: Path) -> None:
    result = invoke("evaluate", trained, release, "--all")
    assert "of 72), 95 % interval" in result.stdout
    assert (trained / "evaluation" / "tones_1.0" / "metrics.json").is_file()


def test_an_export_states_its_size_and_its_difference(trained: Path, tmp_path: Path) -> None:
    result = invoke("export", trained, "--out", tmp_path / "model.onnx", "--licence", "CC0-1.0")
    assert "kB); its posteriors are PyTorch's to within" in result.stdout
    assert b"CC0-1.0" in (tmp_path / "model.onnx").read_bytes()


def test_clips_of_any_rate_and_length_are_labelled(trained: Path, tmp_path: Path) -> None:
    long = write_tone(tmp_path / "long.wav", 300.0, length_s=3.0, rate_hz=44_100)
    short = write_tone(tmp_path / "short.wav", 2_500.0, length_s=0.4)
    lines = invoke("label", trained.parent / "first.onnx", long, short, "--top", "2").stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [str(long), str(short)]
    assert [line.count("%") for line in lines] == [2, 2]


def test_silence_and_a_moment_are_labelled_too(trained: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    silent.write_bytes(write_wav(bytes(80_000)))
    moment = write_tone(tmp_path / "moment.wav", 300.0, length_s=0.02)
    lines = invoke("label", trained.parent / "first.onnx", silent, moment, "--top", "1").stdout.splitlines()
    assert [line.count("%") for line in lines] == [1, 1]


def test_checkpoint_and_export_label_alike(trained: Path, tmp_path: Path) -> None:
    clip = write_tone(tmp_path / "clip.wav", 300.0)
    by_checkpoint, by_export = (invoke("label", model, clip) for model in (trained, trained.parent / "first.onnx"))
    assert by_checkpoint.stdout == by_export.stdout


def test_what_is_no_recording_is_named(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DataError, match=r"notes\.txt: "):
        invoke("label", trained, tmp_path / "notes.txt")


@pytest.mark.parametrize("command", ["train", "evaluate", "export", "label"])
def test_every_command_shows_an_example(command: str) -> None:
    assert f"Example: speechapp {command}" in invoke(command, "--help").stdout


def test_without_torch_one_line_says_what_to_run(release: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['torch'] = None; from speechapp.cli import main; main()"
    command = [sys.executable, "-c", code, "train", str(release), "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "speechapp: Training needs PyTorch. Run: ./run --with-training, then try again.\n"


def test_the_commands_are_known_without_loading_torch() -> None:
    code = "import sys, speechapp.cli; print({'torch', 'onnxruntime', 'matplotlib', 'soundfile'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
