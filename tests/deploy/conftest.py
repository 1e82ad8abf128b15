"""The project's files as after `git clone` and `deploy/first-start.sh`."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the first start was made; for those who change nothing in it."""
    return started(tmp_path_factory.mktemp("project"))


SENSORS = ("dxa-1", "room-ct")


def started(folder: Path) -> Path:
    """The project's files in an empty folder, and the first start made, with two sensors."""
    for name in ("docker-compose.yml", ".env.example"):
        shutil.copy(ROOT / name, folder)
    for name in ("deploy", "config"):
        ignored = shutil.ignore_patterns("secrets", "site.yaml" if name == "config" else "secrets")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    first_start(folder, *SENSORS)
    return folder


def first_start(folder: Path, *sensors: str) -> list[str]:
    """Run it; the lines it said."""
    ended = subprocess.run(
        [folder / "deploy" / "first-start.sh", *sensors],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()
