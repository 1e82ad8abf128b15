"""A centre in which every text that a person, a device or a supplier can fill would do harm if it were more than text."""

import json
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import String

from access.api_tokens import make_token
from access.live_values import open_live_values
from access.vendor_links import VALID_FOR, make_vendor_link
from alerts.evaluation.feedback import give_feedback, note_service
from core.readings import OWN_EVENTS, Event, Reading
from core.time.clock import HOUR, MINUTE
from core.vocabulary.tickets import MessageDirection
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.tickets import lifecycle, questions
from maintenance.tickets.remote_help import begin_session
from maintenance.work_orders import costs as order_costs
from maintenance.work_orders import fault_reports
from maintenance.work_orders.answers import ItemEntry, answer_items, open_item
from maintenance.work_orders.attachments import attach
from maintenance.work_orders.fault_reports import ReportDetails
from storage.records import (
    Alert,
    AlertFeedback,
    AllowedWord,
    ApiToken,
    Asset,
    Component,
    Contract,
    Delivery,
    Downtime,
    FaultReport,
    Incident,
    ItemProof,
    Labour,
    LiveWindow,
    LoginSession,
    MadeReport,
    ManualReading,
    OrderCost,
    OrderItem,
    OrderStep,
    Part,
    Passkey,
    RemoteSession,
    RoundEntry,
    ScheduledTask,
    SearchText,
    ServiceEvent,
    SiteChange,
    Snooze,
    StockMove,
    SupplierAnswer,
    SupplierQuestion,
    Ticket,
    TicketMessage,
    TicketStep,
    User,
    Vendor,
    VendorLink,
    VendorVisit,
    Verdict,
    Window,
    WorkOrder,
)
from storage.records.base import Base
from tests.dashboard.centre import Centre, build
from tests.dashboard.people import session_cookie
from tests.dashboard.sample_work import furnish, make_due, order_by_hand, wear, with_plans

CANARY = "canary.invalid"  # nobody may ask it for anything, and no link may lead there
# A formula first, for a spreadsheet runs only what begins so; then what HTML, Markdown, a template, a style,
# a script and the direction of the text would each make of it.
HOSTILE = (
    f"=cmd|'/c calc'!A1\"'><svg onload=pwned()><img src=//{CANARY}/i onerror=pwned()>"
    f"<script>pwned()</script></style></textarea><iframe src=javascript:parent.pwned()></iframe>"
    f"[a](javascript:pwned()) ![b](http://{CANARY}/m) [c](http://{CANARY}/l) :material/bug_report: $x$"
    f" <http://{CANARY}/auto> {{0}}{{name}}%s{{{{7*7}}}}${{7*7}} \u202eexe.gpj"
)
_PAGE = b"<svg xmlns='http://www.w3.org/2000/svg' onload='pwned()'><script>pwned()</script></svg>"
_DIRECTIONS: tuple[MessageDirection, ...] = ("out", "note", "in")

# What of the records is somebody's words.
TEXT_FIELDS: dict[type[Base], tuple[str, ...]] = {
    Alert: ("title", "acknowledged_by"),
    AlertFeedback: ("who", "note"),
    ApiToken: ("name",),
    Asset: (
        *("name", "code", "manufacturer", "manufacturer_contact", "model", "serial", "location"),
        *("power_needs", "environment_needs", "software", "note"),
    ),
    Component: ("name", "serial", "model", "counter", "note"),
    Contract: ("number", "note"),
    Delivery: ("error", "person"),
    Downtime: ("opened_by", "closed_by", "corrected_by", "note"),
    FaultReport: ("name", "phone", "tried", "address"),
    AllowedWord: ("word", "who"),
    Labour: ("who",),
    LiveWindow: ("opened_by", "ended_by"),
    LoginSession: ("address", "agent"),
    MadeReport: ("title", "text"),
    ManualReading: ("who", "component", "confirmed_by", "reason"),
    OrderCost: ("text",),
    ItemProof: ("because", "confirmed_by", "title", "component", "unit", "source"),
    OrderItem: ("text", "component", "unit", "who", "note"),
    OrderStep: ("who", "note"),
    Part: ("name", "number", "shelf", "component", "note"),
    Passkey: ("name",),
    RemoteSession: ("person", "allowed_by", "way", "done", "requested_by", "opened", "ended_by"),
    RoundEntry: ("who", "component"),
    ScheduledTask: ("risk_class", "skipped_by", "skip_reason"),
    SearchText: ("title", "body"),
    ServiceEvent: ("who", "text"),
    SiteChange: ("who", "reason", "diff", "text"),
    Snooze: ("reason", "by"),
    StockMove: ("who", "note"),
    SupplierAnswer: ("text", "who"),
    SupplierQuestion: ("en", "fa", "who"),
    Ticket: ("subject", "opened_by", "text", "vendor_case"),
    TicketMessage: ("who", "text", "error"),
    TicketStep: ("who", "note"),
    User: ("full_name",),
    Vendor: ("name", "contact", "email", "phone", "note"),
    VendorLink: ("made_by",),
    Verdict: ("reason",),
    VendorVisit: ("address", "about"),
    Window: ("reason", "by"),
    WorkOrder: ("title", "text", "assigned_to", "result", "returned_by", "return_check"),
}  # fmt: skip

# Ids, states, days, hashes, and what is kept with other words around it: Scanward writes these by itself.
_WRITTEN_BY_SCANWARD = frozenset(
    [
        "id",
        "device",
        "rule",
        "severity",
        "metric",
        "state",
        "end_reason",
        "suppressed_by",
        "opinion",
        "secret_hash",
        "nomenclature",
        "condition",
        "supplier_id",
        "purchased_on",
        "in_service_on",
        "warranty_until",
        "what",
        "row_id",
        "action",
        "before",
        "after",
        "asset_id",
        "installed_on",
        "removed_on",
        "vendor_id",
        "starts_on",
        "ends_on",
        "opens",
        "closes",
        "zone",
        "channel",
        "cause",
        "extent",
        "issuer",
        "subject",
        "about",
        "about_id",
        "media_type",
        "sha256",
        "key_hash",
        "request_hash",
        "body",
        "key",
        "kind",
        "calendar",
        "month",
        "language",
        "plan",
        "item",
        "answer",
        "detector",
        "credential_id",
        "public_key",
        "due_by",
        "skip_kind",
        "skipped",
        "token",
        "direction",
        "message_id",
        "password_hash",
        "digest",
        "browser_hash",
        "repeats",
        "opened_by",
        "fault",
        "signed_by",
        "component",
        "name",
        "who",
        "address",
        "clinical_state",
        "part_id",
        "reason",
    ]
)


def unlisted_fields() -> list[str]:
    """Texts of the records of which nobody has thought whose words they are."""
    return [
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if isinstance(column.type, String)
        and column.key not in {*TEXT_FIELDS.get(mapper.class_, ()), *_WRITTEN_BY_SCANWARD}
    ]


def build_hostile(folder: Path) -> Path:
    """The small centre's files: every title, name, room, serial number, state, hint and item is `HOSTILE`."""
    path = with_plans(build(folder))
    for file in (path, *(folder / "profiles").iterdir(), *(folder / "plans").iterdir()):
        content = _hostile(yaml.safe_load(file.read_text(encoding="utf-8")))
        file.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    return path


# Keys of the files that hold words.
_WORDS = ("title", "name", "room", "serial", "text", "source")


def _hostile(node: Any, key: object = "") -> Any:
    if isinstance(node, dict):
        if key == "states":
            return {number: HOSTILE for number in node}
        return {name: _hostile(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_hostile(value) for value in node]
    if key in ("en", "fa"):  # what to do first is short
        return HOSTILE[:200] if key == "en" else HOSTILE[-200:].replace("\u202e", "")
    return HOSTILE if key in _WORDS and isinstance(node, str) else node


def fill(centre: Centre, now: int) -> dict[str, str]:
    """Work of every kind, and Sara's session; by name, what is opened by a number, a link or a cookie of its own."""
    centre.all_well(now)
    furnish(centre, now)
    _speak(centre, now)
    due = make_due(centre, now)
    wear(centre, now)
    by_hand = order_by_hand(centre, now)
    centre.alert("mr-1", "door_open", now - HOUR)
    cookie = session_cookie(centre)
    with centre.change(now, "Sara") as tx:
        details = ReportDetails((HOSTILE[:40],), HOSTILE, HOSTILE, HOSTILE)
        reported = fault_reports.report_fault(tx, "mr-1", HOSTILE, "partial", details).id
        order_costs.add_cost(tx, by_hand, 1200, HOSTILE)
        order_costs.add_labour(tx, by_hand, minutes=30, began_at=now - HOUR, who=HOSTILE)
        ticket = lifecycle.open_ticket(
            tx, "ct-2", "tube-service", HOSTILE[:100], HOSTILE, order_id=due
        ).id
        for direction in _DIRECTIONS:
            lifecycle.write(tx, ticket, HOSTILE, direction)
        attach(tx, "ticket", str(ticket), f"{HOSTILE}.pdf", "text/html", _PAGE)
        attach(tx, "order", str(by_hand), f"{HOSTILE}.svg", "image/svg+xml", _PAGE)
        begin_session(tx, ticket, HOSTILE, HOSTILE, HOSTILE)
        asked = questions.add_own_question(tx, ticket, HOSTILE[:200].replace("\u202e", ""))
        questions.answer(tx, asked.id, HOSTILE, 0)
        link = make_vendor_link(tx, ticket, VALID_FOR, is_bound=False, language="en")
        open_live_values(tx, 1)
        enter_readings(tx, "ct-2", [EnteredValue("tube_temp_c", 41.5)], now - MINUTE)
        make_token(tx, "sara", HOSTILE, ["read"])
        note_service(tx, "ct-2", now - HOUR, HOSTILE)
        give_feedback(tx, 1, "false", HOSTILE[:100])
        answer_items(tx, due, [ItemEntry("dust", "not_ok", note=HOSTILE)])
        _prove(open_item(tx.db, due, "dust"), now)
        tx.db.add_all(_rows(tx.db.get_one(Asset, "ct-2"), now))
    _overwrite(centre, now)
    numbers = {"order": by_hand, "due": due, "reported": reported, "ticket": ticket}
    return {
        **{name: str(number) for name, number in numbers.items()},
        "link": link,
        "cookie": cookie,
    }


def _prove(item: OrderItem, now: int) -> None:
    """The line has a proof with words in it."""
    proof = ItemProof(
        kind="held", because=HOSTILE, confirmed_at=now, confirmed_by=HOSTILE, subject="tube_temp_c",
        title=HOSTILE, component=HOSTILE, unit=HOSTILE, source=HOSTILE, count=1, start=now - 1,
        end=now, lowest=1.0, highest=2.0, newest=1.0, newest_at=now, low=0.0, high=3.0,
        coverage_pct=100.0,
    )  # fmt: skip
    item.proved_at = now
    item.every_proof.append(proof)


def _speak(centre: Centre, now: int) -> None:
    """What devices send: lines of a log, the index of an SNMP table, a key of MQTT, the name of a DICOM station."""
    centre.hear(
        Reading("ups-1", "load_pct", 41, now, HOSTILE),
        Reading("ct-2", "tube_temp_c", 66, now, HOSTILE),
        Reading("ct-2", "up", 0, now, HOSTILE),
    )
    for device in ("ct-2", "mr-1", "ups-1"):
        for kind in (*OWN_EVENTS, "error"):
            centre.say(Event(device, kind, f"x: {HOSTILE}", now, "error", HOSTILE, HOSTILE))


def _rows(asset: Asset, now: int) -> list[Base]:
    """What no service function makes in a line."""
    return [
        Component(asset=asset, name="tube"),
        Incident(began_at=now - HOUR, cause_id=1),
        Delivery(transition=None, channel="mail", next_at=now, error="x", failed_at=now),
        AllowedWord(1, "x", now, "x"),
        MadeReport("uptime", "gregorian", "2026-10", "en", now, "x", "x", []),
        Passkey("x", 1, "x", "x", 0, now),
        VendorVisit(1, now, "uploaded", "x"),
        SiteChange(now, "x", "change", "x", "x", "x", "x"),
        RoundEntry("x", "mr-1", "helium_level_pct", "", now, "x", now),
        Snooze("downtime:1", now - HOUR, now + HOUR, "x", "x", "critical", 0.0),
        Window("maintenance", "mr-1", now - HOUR, now + HOUR, "x", "x"),
    ]


def _overwrite(centre: Centre, now: int) -> None:
    """The same words in every field, also where a service function would not take them."""
    with centre.records.writing(HOSTILE, now) as db:
        for alert in db.query(Alert):
            alert.incident_id = 1
        for model, names in TEXT_FIELDS.items():
            rows = db.query(model).all()
            assert rows, f"there is no {model.__name__} to look at"
            for row in rows:
                for name in names:
                    setattr(row, name, HOSTILE)
