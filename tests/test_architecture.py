"""The structure is what the design says: `tests/architecture.py` reads it, and a fresh interpreter loads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import violations

ROOT = Path(__file__).parents[1]


def test_the_source_tree_keeps_to_the_architecture() -> None:
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("path", "source", "breach"),
    [
        ("speechapp/config.py", "import speechapp.db", "config (level 0) may not import database (level 1)"),
        ("speechapp/errors.py", "import click", "errors (level 0) may not import click"),
        ("speechapp/audio/format.py", "import numpy", "audio.format (level 0) may not import numpy"),
        (
            "speechapp/audio/clip.py",
            "import speechapp.storage.local",
            "audio (level 1) may not import storage (level 1)",
        ),
        (
            "speechapp/storage/local.py",
            "from speechapp import models",
            "storage (level 1) may not import database (level 1)",
        ),
        ("speechapp/db.py", "import speechapp.audio.clip", "database (level 1) may not import audio (level 1)"),
        ("speechapp/clips.py", "import speechapp.audio.clip", "verbs (level 2) may not import audio (level 1)"),
        ("speechapp/clips.py", "import speechapp.release.cut", "verbs (level 2) may not import release (level 3)"),
        ("speechapp/clips.py", "import soxr", "verbs (level 2) may not import soxr"),
        ("speechapp/release/cut.py", "import speechapp.web.app", "release (level 3) may not import web (level 4)"),
        ("speechapp/release/manifest.py", "import numpy", "release.manifest (level 3) may not import numpy"),
        ("speechapp/training/data.py", "import speechapp.db", "training (level 3) may not import database (level 1)"),
        (
            "speechapp/training/data.py",
            "import speechapp.release.cut",
            "training (level 3) may not import release (level 3)",
        ),
        ("speechapp/export/onnx.py", "import speechapp.config", "export (level 3) may not import config (level 0)"),
        ("speechapp/web/record.py", "import speechapp.audio.clip", "web (level 4) may not import audio (level 1)"),
        (
            "speechapp/web/pages.py",
            "import speechapp.training.train",
            "web (level 4) may not import training (level 3)",
        ),
        ("speechapp/web/record.py", "import worker.app", "web (level 4) may not import worker (level 4)"),
        ("speechapp/web/pages.py", "import torch.nn", "torch is only for speechapp.training and speechapp.export"),
        ("worker/app.py", "import torch", "torch is only for speechapp.training and speechapp.export"),
        ("worker/app.py", "from flask import Flask", "flask is only for speechapp.web and app"),
        ("worker/app.py", "import speechapp.training.train", "worker (level 4) may not import training (level 3)"),
        ("speechapp/cli.py", "import speechapp.web.app", "cli (level 4) may not import web (level 4)"),
        ("speechapp/storage/local.py", "import google.auth", "google is only for speechapp.storage.gcs"),
        ("speechapp/clips.py", "import celery", "celery is only for speechapp.queue and worker"),
        ("speechapp/clips.py", "import tests.cast", "tests is only for tests"),
        ("app.py", "import speechapp.clips", "app (level 4) may not import verbs (level 2)"),
    ],
)
def test_the_guard_finds_a_forbidden_import(tmp_path: Path, path: str, source: str, breach: str) -> None:
    plant(tmp_path, "speechapp/models.py", "")
    plant(tmp_path, path, source)
    (found,) = violations(tmp_path)
    assert found.startswith(f"{path} imports ")
    assert found.endswith(f": {breach}")


@pytest.mark.parametrize(
    ("path", "source", "breach"),
    [
        (
            "speechapp/clips.py",
            "def load():\n    import torch\n",
            "speechapp/clips.py imports torch: torch is only for",
        ),
        (
            "speechapp/clips.py",
            "importlib.import_module('torch')",
            "speechapp/clips.py imports torch: torch is only for",
        ),
        ("speechapp/clips.py", "from . import speakers", "speechapp/clips.py has a relative import in line 1"),
        ("speechapp/clips.py", "pass\n" * 401, "speechapp/clips.py has 401 lines, more than 400"),
        ("static/js/record/record.js", ";\n" * 401, "static/js/record/record.js has 401 lines, more than 400"),
        ("speechapp/utils.py", "", "speechapp/utils.py has a name that says nothing"),
        ("static/js/common/bars.js", "", "static/js/common/bars.js has a name that says nothing"),
        ("speechapp/web/__init__.py", "import flask", "speechapp/web/__init__.py is not empty"),
        ("speechapp/analytics/plot.py", "", "speechapp/analytics/plot.py is in no room of the table"),
        (
            "speechapp/clips.py",
            "import speechapp.analytics.plot",
            "speechapp/clips.py imports speechapp.analytics.plot: that",
        ),
    ],
)
def test_the_guard_finds_every_other_breach(tmp_path: Path, path: str, source: str, breach: str) -> None:
    plant(tmp_path, path, source)
    (found,) = violations(tmp_path)
    assert found.startswith(breach)


def test_the_guard_finds_a_cycle(tmp_path: Path) -> None:
    plant(tmp_path, "speechapp/clips.py", "from speechapp import visits")
    plant(tmp_path, "speechapp/visits.py", "def late():\n    from speechapp.speakers import mint\n")
    plant(tmp_path, "speechapp/speakers.py", "import speechapp.clips")
    assert violations(tmp_path) == [
        "there is an import cycle: "
        "speechapp.clips imports speechapp.visits imports speechapp.speakers imports speechapp.clips"
    ]


def test_what_the_table_allows_is_no_breach(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "speechapp/clips.py",
        "import json, sqlalchemy, speechapp.audio.format, speechapp.db, speechapp.visits",
    )
    plant(tmp_path, "speechapp/storage/gcs.py", "from google.cloud.storage import Client")
    plant(tmp_path, "speechapp/training/train.py", "import torch, numpy, speechapp.release.manifest")
    plant(tmp_path, "speechapp/web/app.py", "import flask, speechapp.release.cut, speechapp.queue")
    plant(tmp_path, "worker/app.py", "import celery, speechapp.audio.clip, speechapp.clips")
    plant(tmp_path, "static/vendor/large.js", ";\n" * 401)
    assert violations(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "absent"),
    [
        (
            "speechapp.web.app",
            {"torch", "av", "soxr", "speechapp.training", "speechapp.export", "google.cloud.storage"},
        ),
        ("worker.app", {"torch", "flask", "speechapp.training", "speechapp.export", "speechapp.web"}),
        ("speechapp.release.manifest", {"torch", "numpy", "sqlalchemy", "flask", "celery"}),
        ("speechapp.cli", {"torch"}),
    ],
)
def test_what_a_process_does_not_need_is_not_loaded(module: str, absent: set[str]) -> None:
    source = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=True, capture_output=True, text=True)
    assert module in loaded.stdout.split()
    assert absent.isdisjoint(loaded.stdout.split())


def plant(root: Path, path: str, source: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(source)
