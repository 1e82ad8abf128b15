"""What waited leaves as one message: after an outage, and after a person's hour was full."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from alerts.channels import Notification
from alerts.notification.delivery import hourly_limit
from core.time.clock import MINUTE
from core.vocabulary.severity import Severity
from storage.records import Delivery
from storage.records.outbox import LEASE
from tests.alerts.notification.incidents import Line, Ward, at

DAY = 24 * 60  # minutes
PERSON = """
people: [{id: sara, name: Sara, channels: [phone], per_hour: 3}]
routes: [{severities: [info, warning, error, critical], to: [sara]}]
"""


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def happen(
    ward: Ward, count: int, start: float, step: float, severity: Severity = "warning"
) -> None:
    """So many alerts, each known a minute after it began."""
    for number in range(count):
        ward.begin(start + number * step, rule=f"r{start}_{number}", severity=severity)
        ward.give(start + number * step + 1)


def test_threads_that_send_at_once_share_the_hour_of_a_person(tmp_path: Path) -> None:
    ward = Ward(tmp_path, PERSON)
    happen(ward, 5, 0, 0.1)
    limit = hourly_limit(ward.site, ward.records, lambda: at(3))
    with ward.records.reading() as db:
        ids = [row.id for row in db.query(Delivery)]
    together = Barrier(len(ids))  # each has a thread of its own, as a channel has

    def hold(delivery: int) -> bool:
        limit.look()
        together.wait(60)
        return limit.holds(delivery)

    with ThreadPoolExecutor(len(ids)) as pool:
        assert sorted(pool.map(hold, ids)) == [False] * 3 + [True] * 2


def undelivered(ward: Ward) -> int:
    with ward.records.reading() as db:
        return db.query(Delivery).filter_by(delivered_at=None, failed_at=None).count()


@pytest.mark.servers  # as long as they take
def test_the_line_was_down_for_three_days_with_200_alerts(ward: Ward) -> None:
    ward.line.is_down = True
    for batch in range(20):
        minute = batch * 3 * DAY / 20
        alerts = ward.begin_many(minute, [f"rule_{batch}_{number}" for number in range(10)])
        assert len(ward.give(minute + 1)) == 10
        assert ward.send(minute + 1) == 0
        ward.end_many(alerts[1::2], minute + 5)
        assert ward.give(minute + 6) == ["over"] * 5
    ward.line.is_down = False
    assert ward.send(3 * DAY + 20) == 300
    [digest] = ward.line.messages
    assert digest.title == "Digest: 200 alerts, 100 not over"
    lines = digest.body.splitlines()
    assert len(lines) == 201
    began = [line[:16] for line in lines[:-1]]
    assert began == sorted(began)
    assert lines[0].endswith("Warning: ct-1: Helium is low, NOT OVER")
    assert lines[1].endswith("Warning: ct-1: Helium is low, over after 5 min")
    assert len(digest.body) < 30_000
    assert undelivered(ward) == 0
    with ward.records.reading() as db:
        rows = db.query(Delivery).order_by(Delivery.id).all()
        assert [row.digest_id for row in rows] == [None] + [rows[0].id] * 299
    assert digest.delivery == rows[0].id
    happen(ward, 1, 3 * DAY + 30, 0)
    assert ward.send(3 * DAY + 31) == 1
    assert ward.line.titles[1] == "Warning: ct-1: Helium is low"


def test_what_is_new_follows_the_digest_by_itself(ward: Ward) -> None:
    happen(ward, 5, 0, 1)
    happen(ward, 2, 60, 1)
    for second in range(3):
        ward.send(62 + second / 60)
    assert (
        ward.line.titles == ["Digest: 5 alerts, 5 not over"] + ["Warning: ct-1: Helium is low"] * 2
    )


@pytest.mark.parametrize(("count", "minutes", "messages"), [(3, 60, 3), (4, 60, 1), (9, 10, 9)])
def test_a_few_or_young_ones_leave_by_themselves(
    ward: Ward, count: int, minutes: float, messages: int
) -> None:
    happen(ward, count, 0, 0.01)
    ward.send(minutes)
    assert len(ward.line.messages) == messages


@pytest.mark.parametrize(
    ("longest", "shown", "is_on", "end"),
    [(1500, 23, 10, "and 17 more (0 not over)"), (160, 1, 1, "and 39 more (9 not over)")],
)
def test_a_channel_that_takes_little_gets_what_is_not_over_and_a_count(
    ward: Ward, longest: int, shown: int, is_on: int, end: str
) -> None:
    class Short(Line):
        pass

    short = Short()
    short.longest = longest  # type: ignore[attr-defined]
    alerts = ward.begin_many(0, [f"rule_{number}" for number in range(40)])
    ward.give(1)
    ward.end_many([alert for number, alert in enumerate(alerts) if number % 4], 5)
    ward.give(6)
    assert ward.send(60, phone=short) == 70
    [digest] = short.messages
    lines = digest.body.splitlines()
    assert lines[-2] == end
    assert len(digest.title) + 1 + len(digest.body) <= longest
    assert sum("NOT OVER" in line for line in lines) == is_on
    assert len(lines) - 2 == shown


@pytest.mark.servers  # as long as they take
def test_killed_a_hundred_times_while_it_sends(ward: Ward) -> None:
    """Each time after the line has it and before that is noted: at least once, with the same number."""

    class Killed(BaseException):
        """As SIGKILL would: nothing below catches it."""

    class Dying(Line):
        def send(self, notification: Notification) -> None:
            super().send(notification)
            raise Killed

    dying = Dying()
    happen(ward, 12, 0, 0.5)
    minute = 60.0
    for _ in range(100):
        with pytest.raises(Killed):
            ward.send(minute, phone=dying)
        minute += LEASE / MINUTE + 0.1
    assert len(dying.messages) == 100
    assert len({(message.delivery, message.body) for message in dying.messages}) == 1
    ward.send(minute)
    assert ward.line.messages == dying.messages[:1]
    assert undelivered(ward) == 0


@pytest.mark.servers  # as long as they take
def test_killed_before_each_message_and_after_none_is_lost_and_order_is_kept(ward: Ward) -> None:
    class Killed(BaseException):
        """As SIGKILL would."""

    class Flaky(Line):
        is_alive = False

        def send(self, notification: Notification) -> None:
            super().send(notification)
            self.is_alive = not self.is_alive
            if self.is_alive:
                raise Killed

    flaky = Flaky()
    for number in range(50):
        minute = 10.0 * number
        ward.begin(minute, rule=f"r{number}", severity="warning")
        ward.give(minute + 1)
        with pytest.raises(Killed):
            ward.send(minute + 1, phone=flaky)
        assert ward.send(minute + 2, phone=flaky) == 0, "its lease is still held"
        assert ward.send(minute + 4, phone=flaky) == 1
    numbers = [message.delivery for message in flaky.messages]
    assert numbers == sorted([*range(1, 51), *range(1, 51)])


def test_an_hour_holds_so_many_messages_and_the_rest_is_a_digest(tmp_path: Path) -> None:
    ward = Ward(tmp_path, PERSON)
    happen(ward, 7, 0, 1)
    for minute in range(8, 59):
        ward.send(minute)
    assert len(ward.line.messages) == 3
    with ward.records.reading() as db:
        held = {row.error for row in db.query(Delivery).filter_by(delivered_at=None)}
    assert held == {"waits: enough messages in this hour"}
    ward.send(69)
    assert ward.line.titles[3:] == ["Digest: 4 alerts, 4 not over"]
    assert undelivered(ward) == 0


def test_what_is_critical_passes_what_waits_for_the_hour(tmp_path: Path) -> None:
    ward = Ward(tmp_path, PERSON)
    happen(ward, 5, 0, 1)
    ward.send(6)
    ward.begin(7, rule="worst")
    ward.give(7)
    ward.send(7)
    assert [title.split(":")[0] for title in ward.line.titles] == ["Warning"] * 3 + ["Critical"]
    assert undelivered(ward) == 2


def test_a_clock_that_was_ahead_blocks_nobody_for_years(tmp_path: Path) -> None:
    ward = Ward(tmp_path, PERSON)
    happen(ward, 3, 0, 1)
    ward.send(10 * 365 * DAY)
    happen(ward, 1, 10, 0)
    ward.send(11)
    assert len(ward.line.messages) == 4 - 3 + 3


def digest_lines(ward: Ward) -> Sequence[str]:
    return ward.line.messages[-1].body.splitlines()


def test_an_incident_that_began_and_ended_in_the_outage_is_one_line(ward: Ward) -> None:
    for number in range(2):
        cause = ward.begin(10 * number, "ups-1", rule=f"r{number}")
        other = ward.begin(
            10 * number, "mri-2", rule=f"s{number}", incident=number + 1, suppressed_by="ups-1"
        )
        ward.give(10 * number)
        ward.end(cause, 10 * number + 5)
        ward.end(other, 10 * number + 6)
        ward.give(10 * number + 6)
    ward.send(120)
    assert ward.line.titles == ["Digest: 2 alerts, none not over"]
    assert digest_lines(ward)[0].endswith(
        "Critical: ups-1: Helium is low (and 1 more), over after 6 min"
    )
    assert ward.line.messages[0].resolved
