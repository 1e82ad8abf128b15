"""The arrows between the folders hold, and a violation of one is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = (
    "core",
    "storage",
    "collectors",
    "alerts",
    "maintenance",
    "dashboard",
    "simulator",
    "app",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's own code in a place where it may be spoiled."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True
    )


def test_the_arrows_hold(copy: Path) -> None:
    assert lint(copy).returncode == 0


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/readings.py", "import storage.series"),
        ("collectors/base.py", "import alerts.evaluation.limit"),
        ("alerts/evaluation/limit.py", "import streamlit"),
        ("dashboard/app_pages/fleet.py", "import storage.series"),
        ("app/services/collect.py", "import sqlite3"),
        ("collectors/snmp/parse.py", "import collectors.mqtt.json_path"),
        ("core/schema/sources/registry.py", "import collectors.snmp"),
        ("alerts/detectors/depletion/model.py", "import alerts.detectors.drift.statistics"),
        ("alerts/detectors/statistics/cusum.py", "import alerts.detectors.common.resample"),
    ],
)
def test_a_violation_is_noticed(copy: Path, file: str, line: str) -> None:
    spoiled = copy / file
    spoiled.write_text(f"{line}\n{spoiled.read_text()}")
    assert lint(copy).returncode == 1
