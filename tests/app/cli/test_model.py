"""`scanward model` as an engineer meets it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.detection.manual_training import detector_summaries, train_now
from core.time.clock import DAY
from storage.records import feedback as feedback_rows
from tests.alerts.detection.conftest import NOW, MonitoredSite
from tests.alerts.detection.stub_detector import BACKEND
from tests.support import warm_command

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
FILE = ("mri-1", "", "magnet_drift")


@pytest.fixture
def monitored(tmp_path: Path) -> Iterator[MonitoredSite]:
    monitored = MonitoredSite(tmp_path)
    monitored.measure(NOW - 60 * DAY, NOW)
    yield monitored
    monitored.close()


def scanward(monitored: MonitoredSite, *words: str) -> subprocess.CompletedProcess[str]:
    site = monitored.site.file.storage.folder / "site.yaml"
    return warm_command.scanward("model", *words, "--site", str(site))


def test_list_and_show_tell_what_was_learned_from_what(monitored: MonitoredSite) -> None:
    monitored.run()
    listed = scanward(monitored, "list")
    assert listed.returncode == 0, listed.stderr
    assert "magnet_drift" in listed.stdout
    assert "normal" in listed.stdout
    shown = scanward(monitored, "show", "mri-1", "magnet_drift").stdout
    card, _ = monitored.models.load(*FILE) or pytest.fail("no model")
    assert f"sha256 {card.input}" in shown
    assert "features    room" in shown
    assert str(monitored.models.path(*FILE)) in shown


def test_a_file_that_others_may_write_is_said_and_is_exit_code_1(monitored: MonitoredSite) -> None:
    monitored.run()
    monitored.models.path(*FILE).chmod(0o666)
    listed = scanward(monitored, "list")
    assert listed.returncode == 1
    assert "may be changed by others" in listed.stderr


def test_a_service_by_hand_is_a_row_and_a_wrong_device_a_plain_line(
    monitored: MonitoredSite,
) -> None:
    wrong = scanward(monitored, "service", "mri-9")
    assert wrong.returncode == 1
    assert "no device 'mri-9' (did you mean 'mri-1'?)" in wrong.stderr
    noted = scanward(
        monitored, "service", "mri-1", "--text", "New heater", "--at", "2025-10-01T09:00"
    )
    assert noted.returncode == 0, noted.stderr
    with monitored.records.reading() as db:
        [service] = feedback_rows.service_events_after(db, 0)
    assert (service.device, service.text) == ("mri-1", "New heater")
    assert noted.stdout == "noted a service of mri-1 at 2025-10-01 09:00\n"


def test_train_learns_now_and_the_loop_takes_it_up(monitored: MonitoredSite) -> None:
    monitored.run()
    [summary] = detector_summaries(
        monitored.site, monitored.series, monitored.records, monitored.models
    )
    assert summary.is_current
    before = summary.card.version if summary.card else 0
    outcome = train_now(
        summary.target,
        monitored.site,
        monitored.series,
        monitored.records,
        monitored.models,
        "0.1.0",
        NOW,
        BACKEND,
    )
    assert outcome.state is not None
    monitored.run(NOW + DAY // 24)
    [instance] = monitored.detection._instances.values()
    assert instance.card.version == before + 1
