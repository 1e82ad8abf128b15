"""Leased rows, of deliveries and of outgoing mail alike: in order, tried until they have left."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.errors import DeliveryError
from core.time.clock import HOUR, MINUTE, SECOND
from storage.records import (
    Alert,
    Delivery,
    Records,
    Ticket,
    TicketMessage,
    Transition,
    Vendor,
    deliveries,
    mail,
    outbox,
)

T0 = 1_760_000_400_000
DOWN = DeliveryError("no line")


def add_deliveries(records: Records) -> None:
    """Two of one channel, one of another."""
    alert = Alert(
        device="mri-2", component="", rule="helium_low", title="Helium is low",
        severity="critical", metric="helium_level_pct", state="firing", began_at=T0,
    )  # fmt: skip
    with records.writing() as db:
        transition = Transition(alert=alert, before="ok", after="firing", at=T0)
        db.add(transition)
        db.add_all(
            Delivery(transition=transition, channel=channel, next_at=T0)
            for channel in ("phone", "phone", "log")
        )


def add_messages(records: Records) -> None:
    """Two of one ticket, one of another, and a reply, which does not go out."""
    with records.writing() as db:
        db.add(Vendor(id="siemens", name="Siemens"))
        db.flush()
        tickets = [
            Ticket(
                token=f"t{number}", device="mri-2", vendor_id="siemens", subject="Loud",
                opened_at=T0, opened_by="sara",
            )
            for number in range(2)
        ]  # fmt: skip
        db.add_all(tickets)
        for number in (0, 0, 1):
            message = TicketMessage(
                ticket=tickets[number], direction="out", at=T0, who="sara", text="", next_at=T0
            )
            db.add(message)
            db.flush()
        db.add(TicketMessage(ticket=tickets[0], direction="in", at=T0, who="vendor", text=""))


@pytest.fixture
def records(made_records_url: str) -> Iterator[Records]:
    records = Records(made_records_url)
    yield records
    records.close()


@pytest.fixture(params=[(deliveries, add_deliveries), (mail, add_messages)], ids=["alerts", "mail"])
def box(request: pytest.FixtureRequest, records: Records) -> Any:
    module, add = request.param
    fill: Callable[[Records], None] = add
    fill(records)
    return module.OUTBOX


def due(records: Records, box: Any, now: int) -> list[int]:
    with records.reading() as db:
        return [row_id for row_id, _ in outbox.due(db, box, now)]


def test_what_waits_is_due_oldest_first(records: Records, box: Any) -> None:
    assert due(records, box, T0) == [1, 2, 3]
    assert due(records, box, T0 - 1) == []


def test_a_leased_row_holds_up_its_run_until_the_lease_runs_out(records: Records, box: Any) -> None:
    with records.writing() as db:
        assert outbox.claim(db, box, 1, T0)
        assert not outbox.claim(db, box, 1, T0)
    assert due(records, box, T0 + outbox.LEASE) == [3]
    assert due(records, box, T0 + outbox.LEASE + 1) == [1, 2, 3]


def test_a_row_that_has_left_is_never_due_again(records: Records, box: Any) -> None:
    with records.writing() as db:
        outbox.claim(db, box, 1, T0)
        row = outbox.delivered(db, box, 1, T0 + SECOND)
        assert (row.attempts, row.error, row.leased_until) == (1, "", None)
        assert getattr(row, box.done_at.key) == T0 + SECOND
    assert due(records, box, T0 + HOUR) == [2, 3]
    with records.writing() as db:
        assert not outbox.claim(db, box, 1, T0 + HOUR)


def test_what_did_not_leave_waits_longer_each_time_and_is_news_once(
    records: Records, box: Any
) -> None:
    now, pauses = T0, []
    for attempt in range(1, 12):
        with records.writing() as db:
            assert outbox.claim(db, box, 1, now)
            row = outbox.postpone(db, box, 1, DOWN, now)
            assert (row.attempts, row.error) == (attempt, "no line")
            assert outbox.is_news(row, DOWN) == (attempt == 1)
            pauses.append(row.next_at - now)
        assert due(records, box, now) == [3]
        now += pauses[-1]
    assert pauses[:7] == sorted(pauses[:7]), "then it is as long as it may be"
    assert pauses[0] <= 10 * SECOND < MINUTE < pauses[-1] <= 15 * MINUTE


def test_what_can_never_leave_holds_up_nobody(records: Records, box: Any) -> None:
    never = DeliveryError("no such address", permanent=True)
    with records.writing() as db:
        outbox.claim(db, box, 1, T0)
        row = outbox.postpone(db, box, 1, never, T0)
        assert row.failed_at == T0
        assert outbox.is_news(row, never)
    assert due(records, box, T0) == [2, 3]
