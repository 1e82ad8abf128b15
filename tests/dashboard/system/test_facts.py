"""The facts of Scanward itself: what cannot be known is None, and one part's trouble is not another's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.readings import DEVICE_CLOCK, Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.components.system.line import SystemLine
from dashboard.components.system.running import process_lines, queue_lines
from dashboard.components.system.stored import backup_lines, disk_lines, safety_lines, token_lines
from dashboard.system import clock
from dashboard.system.facts import system_facts
from dashboard.system.model import SystemFacts
from storage.backup.take import take
from storage.backup.trial import try_backup
from storage.files.disk_history import EVERY, FILE, look
from storage.files.process_sign import ProcessSign
from storage.records import Alert, Records, Ticket, TicketMessage, Transition, Vendor
from storage.records.deliveries import Delivery
from storage.series import SeriesWriter
from storage.series.store import open_store
from tests.storage.tables import made

T0 = 1_795_000_000_000
SITE = """
id: a
name: A
zone: Asia/Kabul
storage: {folder: FOLDER/var}
backup: {folder: FOLDER/backups, same_disk: true, every: 1d}
http: {tls: {certificate: FOLDER/absent.pem, key: FOLDER/absent.key}}
devices:
  - {id: mr-1, name: MR-1, profile: outdoor-sensor}
  - {id: mr-2, name: MR-2, profile: outdoor-sensor}
  - {id: mr-3, name: MR-3, profile: outdoor-sensor}
"""


class Place:
    """A site in a folder, whose stores are real."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "site.yaml"
        self.path.write_text(SITE.replace("FOLDER", str(folder)))
        self.site: Site = load_site(self.path)
        self.folder = self.site.file.storage.folder
        self.folder.mkdir()
        self.records = made(Records(self.site.records_url))
        self.series = SeriesWriter(self.site.series_path)
        self.series.append([Batch([Reading("mr-1", "up", 1.0, T0, "mqtt")])])

    def facts(self, now: int = T0) -> SystemFacts:
        return system_facts(self.site, self.records, open_store(self.site), now)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.series.close()
    place.records.close()


def standing(lines: list[SystemLine], name: str) -> str:
    return next(line.standing for line in lines if line.name.startswith(name))


def test_a_new_site_knows_little_and_calls_none_of_it_well(place: Place) -> None:
    facts = place.facts()
    assert {process.name: process.state for process in facts.processes} == dict.fromkeys(
        ("collect", "alert", "maintain", "dashboard", "backup"), "never"
    )
    assert facts.disk is not None
    assert facts.disk.pace is None
    assert (facts.trial, facts.doctor, facts.trouble) == (None, None, {})
    assert facts.backup is not None
    assert facts.backup.at is None
    assert [certificate.ends_at for certificate in facts.certificates or ()] == [None]
    site = place.site
    assert standing(process_lines(facts, site), "collect") == "failed"
    assert standing(queue_lines(facts, site), "log") == "unknown"
    assert standing(backup_lines(facts, site), "Newest backup") == "failed"
    assert standing(backup_lines(facts, site), "Trial restore") == "unknown"
    assert standing(safety_lines(facts, site), "Certificate: dashboard") == "unknown"
    assert token_lines(facts, site) == []


def test_a_damaged_store_leaves_the_other_parts_as_they_are(place: Place) -> None:
    place.series.close()
    place.site.series_path.write_bytes(b"no database at all" * 500)
    for file in place.folder.glob("series.db-*"):
        file.unlink()
    facts = place.facts()
    assert {"clock", "series"} <= set(facts.trouble)
    assert facts.clock.offsets is None
    assert facts.queues is not None
    lines = safety_lines(facts, place.site)
    assert standing(lines, "Tables: series") == "unknown"
    assert standing(lines, "Clocks of the devices") == "unknown"
    assert standing(lines, "Tables: records") == "ok"


def test_a_folder_that_is_gone_is_said(place: Place) -> None:
    shutil.rmtree(place.folder)
    facts = place.facts()
    assert (facts.disk, facts.stores, facts.queues) == (None, None, None)
    assert standing(disk_lines(facts), "Disk") == "unknown"
    assert "No such file" in facts.trouble["disk"]


@pytest.mark.parametrize(
    ("daily_share", "expected"), [(0.001, "ok"), (0.02, "warning"), (0.2, "failed")]
)
def test_days_left_are_those_of_the_pace_that_was_seen(
    place: Place, daily_share: float, expected: str
) -> None:
    now = look(place.folder, T0)
    rows = [
        [T0 - at, now.free + round(now.free * daily_share * at / DAY), now.total]
        for at in range(10 * DAY, 0, -EVERY)
    ]
    (place.folder / FILE).write_text(str(rows))
    facts = place.facts()
    assert facts.disk is not None
    assert facts.disk.pace is not None
    days = facts.disk.pace.days_left(now.free)
    assert days is not None
    assert 0.9 / daily_share - 1 <= days <= 1 / daily_share  # whole days, rounded down
    assert standing(disk_lines(facts), "Disk") == expected


def test_a_backup_ages_against_its_plan_and_one_from_2036_is_none(place: Place) -> None:
    site, backups = place.site, place.path.parent / "backups"
    made_at = T0 // 1000 * 1000
    newest = take(site, place.path, backups, made_at)
    take(site, place.path, backups, T0 + 3650 * DAY)
    assert try_backup(site, newest, T0).is_whole
    for age, expected in ((HOUR, "ok"), (DAY + HOUR, "ok"), (2 * DAY + MINUTE, "failed")):
        facts = place.facts(made_at + age)
        assert facts.backup is not None
        assert (facts.backup.at, facts.backup.count) == (made_at, 1)
        assert (facts.backup.size or 0) > 10_000
        assert standing(backup_lines(facts, site), "Newest backup") == expected
    assert standing(backup_lines(place.facts(), site), "Trial restore") == "ok"
    assert standing(backup_lines(place.facts(T0 + 200 * DAY), site), "Trial restore") == "warning"
    assert standing(backup_lines(place.facts(T0 - DAY), site), "Trial restore") == "warning"


def test_what_waits_ages_and_what_was_given_up_is_counted_by_channel(place: Place) -> None:
    with place.records.writing(now=T0) as db:
        alert = Alert("mr-1", "", "hot", "Hot", "warning", "up", "firing", T0, 1.0, None)
        moments = (T0 - 10 * HOUR, T0 - HOUR)
        changes = [Transition(alert, "ok", "firing", at) for at in moments]
        db.add(alert)
        db.add_all(changes)
        db.add(Delivery(changes[0], "log", T0, delivered_at=T0 - 9 * HOUR))
        db.add(Delivery(changes[1], "log", T0, error="no line"))
        db.add(Delivery(changes[1], "old", T0, failed_at=T0 - 30 * DAY))
        db.add(Delivery(changes[1], "sms", T0, failed_at=T0 - DAY, error="no credit"))
    with ProcessSign(place.site.processes_path, "alert", lambda: T0):
        facts = place.facts()
        lines = queue_lines(facts, place.site)
        queues = {queue.channel: queue for queue in facts.queues or ()}
        assert (queues["log"].waiting, queues["log"].oldest_at) == (1, T0 - HOUR)
        assert (queues["log"].left_at, queues["log"].error) == (T0 - 9 * HOUR, "no line")
        assert (queues["sms"].failed, queues["sms"].waiting) == (1, 0)
        assert (queues["old"].failed, queues["old"].left_at) == (0, None)
        assert standing(lines, "log") == "warning"
        assert standing(lines, "sms") == "failed"
        assert standing(lines, "old") == "unknown"
        later = queue_lines(place.facts(T0 + 2 * HOUR), place.site)
        assert standing(later, "log") == "failed"


def test_three_devices_off_by_the_same_accuse_this_computers_clock(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "clock_state", lambda: 0)
    for device in ("mr-1", "mr-2"):
        place.series.append([Batch(events=[Event(device, DEVICE_CLOCK, "x", T0, code="+1 h")])])
    offsets = place.facts().clock
    assert offsets.offsets == (("mr-1", "+1 h"), ("mr-2", "+1 h"))
    assert not offsets.may_be_ours
    place.series.append([Batch(events=[Event("mr-3", DEVICE_CLOCK, "x", T0, code="+1 h")])])
    assert place.facts().clock.may_be_ours
    place.series.append([Batch(events=[Event("mr-3", DEVICE_CLOCK, "right", T0 + 1)])])
    assert not place.facts().clock.may_be_ours


@pytest.mark.parametrize(
    ("state", "is_synchronised"), [(0, True), (4, True), (5, False), (None, None)]
)
def test_who_keeps_the_clock_is_what_the_system_tells(
    state: int | None, is_synchronised: bool | None
) -> None:
    assert clock.clock_facts(state, ()).is_synchronised is is_synchronised


def test_tickets_that_a_person_sends_are_no_trouble_of_the_machine_s(place: Place) -> None:
    with place.records.writing(now=T0) as db:
        db.add(Vendor(id="maker", name="Maker"))
        db.flush()
        ticket = Ticket("t", "mr-1", "maker", "Arcs", T0 - 9 * DAY, "sara", "to_send")
        db.add(TicketMessage(ticket, "out", T0 - 9 * DAY, "sara", "Please come"))
    facts = place.facts()
    [by_hand] = [queue for queue in facts.queues or () if queue.is_by_hand]
    assert (by_hand.waiting, by_hand.oldest_at) == (1, T0 - 9 * DAY)
    [shown] = [row for row in queue_lines(facts, place.site) if "a person sends" in row.name]
    assert shown.standing == "fact"
    assert "1 to be sent by hand" in shown.details[0]
