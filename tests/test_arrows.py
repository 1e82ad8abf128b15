"""The arrows between the folders hold, and a violation of one is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.names import FOLDERS

pytestmark = pytest.mark.servers  # each starts lint-imports

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own code in a place where it may be spoiled, a file at a time."""
    place = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", place)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder)
    return place


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--cache-dir", "cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True
    )


def test_the_arrows_hold(copy: Path) -> None:
    assert lint(copy).returncode == 0


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/readings.py", "import storage.series"),
        ("core/vocabulary/alerts.py", "import core.errors"),
        ("core/time/clock.py", "import core.schema.site"),
        ("alerts/channels/log.py", "import alerts.evaluation.engine"),
        ("alerts/detectors/base.py", "import alerts.detection.targets"),
        ("collectors/base.py", "import alerts.evaluation.limit"),
        ("alerts/evaluation/limit.py", "import streamlit"),
        ("dashboard/app_pages/fleet.py", "import storage.series"),
        ("dashboard/app_pages/order.py", "from storage.records import WorkOrder"),
        ("dashboard/components/orders/order.py", "import sqlalchemy"),
        ("dashboard/components/orders/order.py", "from storage.records import work_orders"),
        ("dashboard/components/orders/order.py", "import storage.records.transaction"),
        ("maintenance/downtime/lifecycle.py", "import maintenance.work_orders.states"),
        ("maintenance/work_orders/costs.py", "import maintenance.parts.stock"),
        ("maintenance/tickets/lifecycle.py", "import maintenance.parts.stock"),
        ("access/users.py", "import maintenance.assets.register"),
        ("maintenance/parts/stock.py", "import access.users"),
        ("app/services/collect.py", "import sqlite3"),
        ("collectors/snmp/parse.py", "import collectors.mqtt.json_path"),
        ("core/schema/sources/registry.py", "import collectors.snmp"),
        ("alerts/detectors/depletion/model.py", "import alerts.detectors.drift.statistics"),
        ("alerts/detectors/statistics/cusum.py", "import alerts.detectors.common.resample"),
    ],
)
def test_a_violation_is_noticed(copy: Path, file: str, line: str) -> None:
    spoiled = copy / file
    sound = spoiled.read_text()
    spoiled.write_text(f"{line}\n{sound}")
    try:
        assert lint(copy).returncode == 1
    finally:
        spoiled.write_text(sound)


def test_what_was_mended_is_sound_again(copy: Path) -> None:
    """So each violation above was noticed for itself."""
    assert lint(copy).returncode == 0
