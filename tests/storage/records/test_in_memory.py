"""Records in memory have the tables of a site's, and what is copied into them is the same there."""

from contextlib import closing

from storage.records import Alert, ManualReading, ServiceEvent
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import manual_readings as manual_rows
from storage.records.in_memory import empty, records_in_memory


def alert(rule: str, fired_at: int | None, ended_at: int | None) -> Alert:
    row = Alert("ct-1", "", rule, "Hot", "error", "x", "ok", 0)
    row.fired_at, row.ended_at = fired_at, ended_at
    return row


def test_each_has_its_own_rows_and_can_be_emptied() -> None:
    with (
        closing(records_in_memory(lambda: 7)) as first,
        closing(records_in_memory(lambda: 7)) as other,
    ):
        with first.writing("sara") as db:
            db.add(alert("hot", 5, None))
        with other.reading() as db:
            assert alert_rows.open_alerts(db) == {}
        with first.reading() as db:
            assert len(alert_rows.open_alerts(db)) == 1
        empty(first)
        with first.reading() as db:
            assert alert_rows.open_alerts(db) == {}


def test_what_fired_within_a_time_began_before_its_end_and_ended_after_its_beginning() -> None:
    spans = {
        "before": (1, 9),
        "into": (5, 10),
        "open": (19, None),
        "after": (20, 25),
        "never": (None, 15),
    }
    with closing(records_in_memory(lambda: 7)) as records:
        with records.writing() as db:
            db.add_all(alert(rule, *span) for rule, span in spans.items())
        with records.reading() as db:
            rows = alert_rows.firing_between(db, 10, 20)
    assert [row.rule for row in rows] == ["into", "open"]


def test_services_and_entered_readings_of_a_time() -> None:
    with closing(records_in_memory(lambda: 7)) as records:
        with records.writing() as db:
            db.add_all(ServiceEvent("ct-1", at, "sara") for at in (9, 10, 19, 20))
            first = ManualReading("ct-1", "water", 3.0, 10, "sara", 11)
            first.id = 5
            mended = ManualReading("ct-1", "water", 4.0, 10, "sara", 12)
            mended.id, mended.corrects_id, mended.is_withdrawn = 8, 5, True
            db.add_all([first, mended])
        with records.reading() as db:
            assert [row.at for row in feedback_rows.service_events_between(db, 10, 20)] == [10, 19]
            rows = [manual_rows.copied(row) for row in manual_rows.entered_between(db, 10, 11)]
            assert manual_rows.entered_between(db, 11, 99) == []
    assert [(row.id, row.value, row.corrects_id, row.is_withdrawn) for row in rows] == [
        (5, 3.0, None, False),
        (8, 4.0, 5, True),
    ]
