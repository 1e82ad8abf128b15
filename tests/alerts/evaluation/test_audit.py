"""The audit: whoever changes a record leaves a row, and what never happened leaves none."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.feedback import give_feedback
from alerts.notification.delivery import deliver_due
from alerts.notification.notices import NoticeGiver
from core.errors import StoreError
from core.time.clock import MINUTE
from core.vocabulary.alerts import FeedbackOpinion
from storage.records import Alert, Audit, Delivery, Records
from storage.records import feedback as feedback_rows
from storage.records.base import Base
from storage.records.transaction import transaction
from tests.alerts.conftest import Centre, Phone, at


def written(records: Records, after: int = 0) -> list[Audit]:
    with records.reading() as db:
        return list(db.scalars(select(Audit).where(Audit.id > after).order_by(Audit.id)))


def newest(records: Records) -> int:
    return max((row.id for row in written(records)), default=0)


def low_helium(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 57.0, 10)


def test_an_alert_from_its_first_sign_to_its_deliveries_is_written_row_by_row(
    centre: Centre,
) -> None:
    low_helium(centre)
    NoticeGiver(centre.site, centre.records).give_notices(at(10))
    rows = [(row.who, row.what, row.action) for row in written(centre.records)]
    assert rows == [
        ("engine", "alerts", "insert"),
        ("engine", "transitions", "insert"),
        ("engine", "alerts", "update"),  # it fires
        ("engine", "incidents", "insert"),
        ("engine", "transitions", "insert"),
        ("engine", "alerts", "update"),  # it is in the incident
        ("notices", "notices", "insert"),
        ("notices", "deliveries", "insert"),
        ("notices", "deliveries", "insert"),
    ]


def test_an_update_shows_the_changed_columns_before_and_after(centre: Centre) -> None:
    low_helium(centre)
    [update, joined] = [row for row in written(centre.records) if row.action == "update"]
    assert update.before == {"state": "pending", "fired_at": None, "fired_value": None}
    assert update.after == {"state": "firing", "fired_at": at(10), "fired_value": 57.0}
    assert (joined.before, joined.after) == ({"incident_id": None}, {"incident_id": 1})
    [birth] = [row for row in written(centre.records) if row.what == "alerts"][:1]
    assert birth.before is None
    assert birth.after is not None
    assert birth.after["limit_value"] == 60


def test_an_alert_that_came_to_nothing_is_still_in_the_audit(centre: Centre) -> None:
    centre.read("helium_level_pct", 58.0, 0)
    before = newest(centre.records)
    centre.read("helium_level_pct", 80.0, 1)
    assert centre.alerts() == []
    rows = {row.what: row for row in written(centre.records, before)}
    assert {row.action for row in rows.values()} == {"delete"}
    assert rows["alerts"].before is not None
    assert rows["alerts"].before["device"] == "mri-2"
    assert rows["alerts"].after is None


def test_silence_judged_by_the_clock_is_written_with_that_time(centre: Centre) -> None:
    centre.read("up", 1, 0)
    centre.read("up", 1, 0, "mri-3")
    before = newest(centre.records)
    centre.read("up", 1, 60, "mri-3")
    AlertEngine.tick(centre.engine, at(60))
    assert {(row.who, row.at) for row in written(centre.records, before)} == {("engine", at(60))}


def test_what_left_is_written_and_what_is_only_tried_again_is_not(centre: Centre) -> None:
    low_helium(centre)
    NoticeGiver(centre.site, centre.records).give_notices(at(10))
    before = newest(centre.records)
    phone = Phone(is_down=True)
    clock = iter(range(at(11), at(6000), MINUTE))
    for _ in range(30):
        deliver_due(centre.site, centre.records, {"phone": phone}, lambda: next(clock))
    phone.is_down = False
    deliver_due(centre.site, centre.records, {"phone": phone}, lambda: at(7000))
    rows = [row for row in written(centre.records, before) if row.row_id == "2"]
    assert [(row.who, row.before, row.after) for row in rows] == [
        ("outbox", {"error": ""}, {"error": "no line"}),
        (
            "outbox",
            {"delivered_at": None, "error": "no line"},
            {"delivered_at": at(7000), "error": ""},
        ),
    ]


def test_the_newest_value_of_an_alert_that_goes_on_does_not_fill_the_audit(centre: Centre) -> None:
    low_helium(centre)
    before = newest(centre.records)
    for minute in range(11, 60):
        centre.read("helium_level_pct", 57.0 - minute / 100, minute)
    assert written(centre.records, before) == []


def rename_and_fail(db: Session) -> None:
    db.get_one(Alert, 1).title = "Another"
    db.flush()
    raise StoreError("the disk is full")


def test_a_transaction_that_fails_leaves_no_row(centre: Centre) -> None:
    low_helium(centre)
    before = newest(centre.records)
    with (
        pytest.raises(StoreError),
        centre.records.writing("sara") as db,
    ):
        rename_and_fail(db)
    assert written(centre.records, before) == []
    assert centre.alerts()[0].title == "Helium is low"


def test_a_statement_that_goes_round_the_audit_is_refused(centre: Centre) -> None:
    low_helium(centre)
    with pytest.raises(TypeError, match="through the session"), centre.records.writing() as db:
        db.execute(delete(Delivery))


def test_an_answer_that_is_changed_leaves_both_in_the_audit(centre: Centre) -> None:
    low_helium(centre)
    before = newest(centre.records)
    opinions: list[FeedbackOpinion] = ["true", "true", "false"]
    for opinion in opinions:
        with transaction(centre.records, centre.site, "engineer", at(20)) as tx:
            give_feedback(tx, 1, opinion)
    with centre.records.writing("engineer") as db:
        feedback_rows.add_service_event(db, "mri-2", at(30), "engineer", "Refilled")
    assert [(row.what, row.action) for row in written(centre.records, before)] == [
        ("answers", "insert"),
        ("answers", "update"),
        ("services", "insert"),
    ]
    with (
        pytest.raises(StoreError, match="there is no alert 99"),
        transaction(centre.records, centre.site, "engineer", at(20)) as tx,
    ):
        give_feedback(tx, 99, "true")


def test_every_table_is_audited_or_left_out_by_name() -> None:
    names = set(Base.metadata.tables)
    assert names == {
        "alerts", "transitions", "incidents", "notices", "windows", "deliveries", "audit", "cursors", "heard", "verdicts", "answers",
        "services", "vendors", "contracts", "assets", "components", "files",
        "occurrences", "work_orders", "order_steps", "order_items", "item_proofs", "labour", "order_costs",
        "downtimes", "manual_readings", "parts", "stock_moves", "tickets", "ticket_steps",
        "ticket_messages", "remote_sessions", "mailboxes", "reports", "search_texts",
        # Of people (tests/access): secrets are hashes, and the audit has not even these.
        "users", "setup_links", "login_sessions", "login_failures", "api_tokens", "idempotent_answers",
        "passkeys", "used_challenges", "external_logins", "vendor_links", "vendor_visits", "fault_reports", "fault_notices",
        "live_windows", "supplier_questions", "supplier_answers", "snoozes", "allowed_words", "site_changes",
        "round_entries",
    }, "a new table is audited by itself: add it here and write the test of its rows"  # fmt: skip
