"""The backup loop by a simulated clock, and the commands about storage as an operator meets them."""

import json
import logging
import shutil
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.services.backup import backup
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, iso
from storage.backup.retention import finished
from storage.backup.take import take
from storage.files.atomic import same_disk
from storage.records.migrate import newest
from storage.series import SeriesWriter
from tests.storage.cast import T0, Place
from tests.support import warm_command

ROOT = Path(__file__).parents[3]


class Clock(threading.Event):
    """Time passes only by waiting; the loop is stopped at `end`. Something happens at moments."""

    def __init__(self, end: int) -> None:
        super().__init__()
        self.at = T0
        self.end = end
        self.asked: list[int] = []

    def now(self) -> int:
        return self.at

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(int((timeout or 0) * 1000))
        self.at += self.asked[-1]
        return self.at >= self.end


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")
    place.append(range(10))
    return place


def run(place: Place, clock: Clock) -> None:
    plan = place.site.file.backup
    assert plan is not None
    backup(place.site, place.site_path, plan, clock, clock.now)


def days(place: Place) -> list[int]:
    return [(at - T0) // DAY for at in finished(place.backups, "small")]


@pytest.mark.servers
def test_an_unplugged_disk_is_not_mistaken_for_a_backup(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    text = place.site_path.read_text().replace(", same_disk: true", "")
    place.site_path.write_text(text)
    site = load_site(place.site_path)
    assert site.file.backup
    backup(site, place.site_path, site.file.backup, clock := Clock(T0 + DAY), clock.now)
    assert not place.backups.exists()
    assert "Is the other disk plugged in" in caplog.text
    said = scanward(place, "backup")
    assert (said.returncode, said.stdout) == (1, "")
    assert "same_disk: true" in said.stderr


@pytest.mark.servers
def test_a_backup_on_another_disk_needs_no_word(place: Place) -> None:
    disks = [Path("/dev/shm"), Path("/var/tmp")]  # the first is of its own on every Linux
    other = next((disk for disk in disks if not same_disk(disk, place.site_path)), None)
    if other is None:
        pytest.skip("there is no second file system here")
    with TemporaryDirectory(dir=other) as folder:
        text = place.site_path.read_text().replace(", same_disk: true", "")
        place.site_path.write_text(text.replace(str(place.backups), f"{folder}/not/there yet"))
        assert scanward(place, "backup").returncode == 0
        assert len(finished(Path(folder, "not/there yet"), "small")) == 1


def test_one_a_day_and_the_newest_three_stay(place: Place) -> None:
    run(place, Clock(T0 + 5 * DAY))
    assert days(place) == [2, 3, 4]


def test_a_restart_does_not_make_another_before_its_time(place: Place) -> None:
    run(place, Clock(T0 + 2 * HOUR))
    clock = Clock(T0 + 20 * HOUR)
    clock.at = T0 + 3 * HOUR
    run(place, clock)
    assert days(place) == [0]


def test_one_that_fails_is_an_error_in_the_log_and_is_tried_until_it_succeeds(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.backups.write_text("the disk is not mounted")
    clock = Clock(T0 + 5 * HOUR)
    with caplog.at_level(logging.ERROR):
        run(place, clock)
    assert 5 <= len(caplog.records) <= 12, "less and less often, at least once an hour"
    assert "trying again in 2 min" in caplog.records[0].message
    assert max(clock.asked) == HOUR
    place.backups.unlink()
    clock.end += HOUR
    run(place, clock)
    assert len(days(place)) == 1


def test_a_backup_of_a_wrong_clock_neither_puts_off_the_next_nor_removes_it(place: Place) -> None:
    for year in range(2, 6):
        take(place.site, place.site_path, place.backups, T0 + year * 365 * DAY)
    run(place, Clock(T0 + HOUR))
    assert 0 in days(place)


def test_other_sites_and_unfinished_ones_in_the_folder_are_let_alone(place: Place) -> None:
    for name in ("scanward-small-20200101T000000Z", "scanward-other-20200101T000000Z", "photos"):
        (place.backups / name).mkdir(parents=True)
    run(place, Clock(T0 + 5 * DAY))
    assert len(list(place.backups.iterdir())) == 6


def scanward(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return warm_command.scanward(*words, "--site", str(place.site_path))


@pytest.mark.servers
def test_backup_and_restore_on_the_command_line(place: Place) -> None:
    assert scanward(place, "db", "upgrade").stdout == f"records went from None to {newest()}\n"
    assert scanward(place, "db", "upgrade").stdout == f"records are at {newest()}\n"
    made = scanward(place, "backup", str(place.folder / "stick"))
    assert made.returncode == 0, made.stderr
    whole = Path(made.stdout.removesuffix(" is whole\n"))
    assert json.loads((whole / "manifest.json").read_text())["records"]["revision"] == newest()
    shutil.rmtree(place.folder / "var")
    put_back = scanward(place, "restore", str(whole))
    assert put_back.returncode == 0, put_back.stderr
    assert place.numbers() == list(range(10))
    (whole / "series.db").write_bytes(b"x")
    refused = scanward(place, "restore", str(whole))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "series.db: has 1 bytes" in refused.stderr


@pytest.mark.servers
def test_export_and_import_on_the_command_line(place: Place) -> None:
    file = place.folder / "out.lp"
    where = ["--device", "mri-2", "--since", "3000d"]
    done = scanward(place, "export", *where, "-o", str(file))
    assert done.stdout.startswith("10 readings since "), done.stderr
    file.write_text(file.read_text() + "nonsense\n")
    shutil.rmtree(place.folder / "var")
    done = scanward(place, "import", str(file))
    assert done.returncode == 1
    assert done.stderr == f"{file}:11: is not `measurement,tags fields time`\n"
    assert done.stdout == "10 readings taken in, 1 bad rows left out\n"
    assert place.numbers() == list(range(10))
    writer = SeriesWriter(place.site.series_path)
    assert "already has a writer" in scanward(place, "import", str(file)).stderr
    writer.close()
    assert "is not a duration" in scanward(place, "export", *where[:3], "x", "-o", "x.lp").stderr
    wrong = scanward(place, "export", *where, "-o", "x.csv").stderr
    assert wrong == "x.csv: name it .parquet or .lp\n", iso(T0)
