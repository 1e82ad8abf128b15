"""`scanward model` as an engineer meets it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.detection.manual_training import learn_now, told
from core.time.clock import DAY
from storage.records import feedback as feedback_rows
from tests.alerts.detection.conftest import NOW, Place
from tests.alerts.detection.stub_detector import SEAM

ROOT = Path(__file__).parents[3]
FILE = ("mri-1", "", "magnet_drift")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    place.measure(NOW - 60 * DAY, NOW)
    yield place
    place.close()


def scanward(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    site = place.site.file.storage.folder / "site.yaml"
    return subprocess.run(
        [sys.executable, "-m", "app", "model", *words, "--site", str(site)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def test_list_and_show_tell_what_was_learned_from_what(place: Place) -> None:
    place.run()
    listed = scanward(place, "list")
    assert listed.returncode == 0, listed.stderr
    assert "magnet_drift" in listed.stdout
    assert "normal" in listed.stdout
    shown = scanward(place, "show", "mri-1", "magnet_drift").stdout
    card, _ = place.models.load(*FILE) or pytest.fail("no model")
    assert f"sha256 {card.input}" in shown
    assert "features    room" in shown
    assert str(place.models.path(*FILE)) in shown


def test_a_file_that_others_may_write_is_said_and_is_exit_code_1(place: Place) -> None:
    place.run()
    place.models.path(*FILE).chmod(0o666)
    listed = scanward(place, "list")
    assert listed.returncode == 1
    assert "may be changed by others" in listed.stderr


def test_a_service_by_hand_is_a_row_and_a_wrong_device_a_plain_line(place: Place) -> None:
    wrong = scanward(place, "service", "mri-9")
    assert wrong.returncode == 1
    assert "no device 'mri-9' (did you mean 'mri-1'?)" in wrong.stderr
    noted = scanward(place, "service", "mri-1", "--text", "New heater", "--at", "2025-10-01T09:00")
    assert noted.returncode == 0, noted.stderr
    with place.records.reading() as db:
        [service] = feedback_rows.service_events_after(db, 0)
    assert (service.device, service.text) == ("mri-1", "New heater")
    assert noted.stdout == "noted a service of mri-1 at 2025-10-01 09:00\n"


def test_train_learns_now_and_the_loop_takes_it_up(place: Place) -> None:
    place.run()
    [one] = told(place.site, place.series, place.records, place.models)
    assert one.fits
    before = one.card.version if one.card else 0
    outcome = learn_now(
        one.place, place.site, place.series, place.records, place.models, "0.1.0", NOW, SEAM
    )
    assert outcome.state is not None
    place.run(NOW + DAY // 24)
    [running] = place.detection._running.values()
    assert running.card.version == before + 1
