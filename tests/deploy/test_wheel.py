"""An install that is not editable: the wheel holds every file that git tracks, and runs without the source beside it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.names import FOLDERS

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
PARTS = (*FOLDERS, "config")
NOT_OURS = "config/site.yaml"  # of whoever builds it, with passwords

# Asks what reads a file of its own, from the unpacked wheel; prints where the code came from.
FINDS = """
import sys
from pathlib import Path
import app
from app.demo.site_file import CONFIG
from core.schema.load import load_site
from core.text.catalogue import SHARED, load_words
from dashboard import i18n
from maintenance.bundle.privacy.words import WORDS
from storage.records import Records
assert len(load_site(CONFIG).devices) > 10
assert load_words(SHARED, "fa") and i18n.catalogue("fa").find("ticket.unread") and WORDS
records = Records(f"sqlite:///{sys.argv[1]}/records.db")
records.upgrade()
records.close()
print(Path(app.__file__).parents[1])
"""


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", *PARTS], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    if listed.returncode:
        pytest.skip("needs git: what is tracked is compared with the wheel")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what is tracked, with a site's own file and litter beside it; without network."""
    source = tmp_path_factory.mktemp("source")
    for name in (*tracked(), "pyproject.toml", "README.md", "LICENSE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    (source / NOT_OURS).write_text("password: x")
    (source / "core" / "__pycache__").mkdir()
    (source / "core" / "__pycache__" / "x.toml").write_text("")
    build = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    run(source, "-c", build)
    (file,) = source.glob("*.whl")
    return file


def run(folder: Path, *words: str, **variables: str) -> str:
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": "", **variables},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_it_holds_what_git_tracks_and_nothing_of_whoever_builds_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert sorted(set(tracked()) - names) == [], "add them to package-data in pyproject.toml"
    assert sorted(names - set(tracked())) == []
    assert len(names) > 500


def test_it_runs_and_finds_its_files_where_it_was_unpacked(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    help_text = run(tmp_path, "-m", "app", "--help", PYTHONPATH=str(place))
    assert "imaging centre" in help_text
    printed = run(tmp_path, "-c", FINDS, str(tmp_path), PYTHONPATH=str(place))
    assert printed.splitlines()[-1] == str(place)
