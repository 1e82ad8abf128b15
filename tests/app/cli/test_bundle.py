"""The commands, the page in a real browser without a network, and the checks that need no Scanward."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import ScanwardError
from core.readings import Event, Reading
from core.time.clock import HOUR, MINUTE
from tests.maintenance.bundle.cast import Centre, opened

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """CT-2 in the hours before now."""
    now = time.time_ns() // 1_000_000
    centre = opened(tmp_path_factory.mktemp("site"))
    for at in range(now - 4 * HOUR, now, MINUTE):
        centre.hear(
            Reading("ct-2", "tube_temp_c", 40 + at % 7, at), Reading("ups-1", "load_pct", 40, at)
        )
    centre.say(
        Event("ct-2", "tube_arc", "Tube arc of Fatima Ahmadi", now - HOUR, "error", "tube", "E-12")
    )
    yield centre
    centre.series.close()
    centre.records.close()


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    said: str


def scanward(*words: str, site: Path) -> Done:
    """Run a command in this process: a new one takes seconds to begin."""
    done = CliRunner().invoke(cli, [*words, "--site", str(site)])
    if isinstance(done.exception, ScanwardError):  # main() prints it
        return Done(1, f"{done.output}{done.exception}")
    return Done(done.exit_code, done.output)


@pytest.fixture(scope="module")
def unpacked(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the unpacked bundle; the ZIP and the site's key are beside it."""
    folder = tmp_path_factory.mktemp("vendor")
    done = scanward("bundle", "ct-2", "-o", str(folder / "ct-2.zip"), site=centre.path)
    assert done.code == 0, done.said
    assert "could have named a person" in done.said
    command = [sys.executable, "-m", "app", "verify", "--key", "--site", str(centre.path)]
    key = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (folder / "our-site.pem").write_text(key.stdout)
    with zipfile.ZipFile(folder / "ct-2.zip") as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_a_bundle_is_verified_at_home_and_by_its_key_elsewhere(
    centre: Centre, unpacked: Path, tmp_path: Path
) -> None:
    file = str(unpacked.parent / "ct-2.zip")
    at_home = scanward("verify", file, site=centre.path)
    assert at_home.code == 0
    assert "is whole: ct-2 of test" in at_home.said
    elsewhere = tmp_path / "none.yaml"
    stranger = scanward("verify", file, site=elsewhere)
    assert stranger.code == 3
    assert "not known here" in stranger.said
    key = str(unpacked.parent / "our-site.pem")
    assert scanward("verify", file, "--signer", key, site=elsewhere).code == 0


def test_a_damaged_bundle_is_exit_code_1_with_its_place(
    centre: Centre, unpacked: Path, tmp_path: Path
) -> None:
    data = bytearray((unpacked.parent / "ct-2.zip").read_bytes())
    data[data.index(b"readings/ct-2.csv") + 40] ^= 4
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(data)
    done = scanward("verify", str(damaged), site=centre.path)
    assert done.code == 1
    assert "readings/ct-2.csv" in done.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bundle", "ct-9", "-o", "x.zip"], "did you mean 'ct-2'"),
        (["bundle", "ct-2", "-o", "x.zip", "--max-size", "5 apples"], "write 500kB or 5MB"),
        (["bundle", "ct-2", "-o", "x.zip", "--since", "long"], "--since"),
        (["bundle", "ct-2", "-o", "x.zip", "--around", "noon"], "--around"),
        (["bundle", "ct-2", "-o", "x.zip", "--around", "2999-01-01"], "in the future"),
        (["bundle", "ct-2", "-o", "x.zip", "--to", "age1x"], "not an age or SSH key"),
        (["bundle", "ct-2", "-o", "no/such/folder/x.zip"], "no bundle was written"),
        (["verify", "no-such.zip"], "No such file"),
        (["verify"], "name a bundle"),
    ],
)
def test_what_is_wrong_is_said(centre: Centre, words: list[str], said: str) -> None:
    done = scanward(*words, site=centre.path)
    assert done.code == 1
    assert said in done.said


def test_the_page_opens_without_a_network(unpacked: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs server: chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto((unpacked / "index.html").as_uri())
        assert page.locator("h1").inner_text() == "Siemens Somatom Sensation 16: CT two"
        assert page.locator("svg path").count() >= 2
        assert "Tube arc of [removed]" in page.inner_text("body")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    assert asked == [(unpacked / "index.html").as_uri()]
    assert complaints == []


def shell_blocks() -> list[str]:
    text = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def test_the_commands_of_the_page_verify_it_without_scanward(unpacked: Path) -> None:
    check = shell_blocks()[0]
    done = subprocess.run(["sh", "-ec", check], cwd=unpacked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    assert "readings/ct-2.csv: OK" in done.stdout
    listed = len([path for path in unpacked.rglob("*") if path.is_file()]) - 3
    assert done.stdout.count(": OK") == listed


def test_the_commands_of_the_page_notice_a_change(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(unpacked.parent, tmp_path / "copy")
    page = tmp_path / "copy" / "unpacked" / "alerts.csv"
    page.write_bytes(page.read_bytes() + b" ")
    check = shell_blocks()[0]
    done = subprocess.run(["sh", "-ec", check], cwd=page.parent, capture_output=True, text=True)
    assert done.returncode != 0
    assert "alerts.csv: FAILED" in done.stdout


def test_age_itself_opens_what_was_encrypted_for_its_key(centre: Centre, tmp_path: Path) -> None:
    if shutil.which("age") is None:
        pytest.skip("needs server: age is not installed")
    subprocess.run(
        ["age-keygen", "-o", "vendor-key.txt"], cwd=tmp_path, check=True, capture_output=True
    )
    public = re.search(r"age1\w+", (tmp_path / "vendor-key.txt").read_text())
    assert public is not None
    file = tmp_path / "ct-2.zip"
    done = scanward("bundle", "ct-2", "-o", str(file), "--to", public[0], site=centre.path)
    assert done.code == 0, done.said
    assert not file.exists()
    subprocess.run(["sh", "-ec", shell_blocks()[1]], cwd=tmp_path, check=True, env=os.environ)
    assert scanward("verify", str(file), site=centre.path).code == 0
