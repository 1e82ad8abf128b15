"""A quarter of work: everything that people's pages show is there, and nothing that they could not have done."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from access.users import new_demo_user
from app.demo.work import planned
from app.demo.work.acts import WrittenWork
from app.demo.work.alert_answers import ANSWERS, SILENT_FOR, give_answer
from app.demo.work.calendar import WorkCalendar
from app.demo.work.people import PEOPLE
from app.demo.work.quarter import WHO, write_quarter
from app.demo.work.standstills import fault_of, standstills
from app.demo.work.tickets import supplier_page
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE, from_ms
from core.time.covered_hours import without
from core.vocabulary.downtime import DowntimeCause
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.tickets import TicketState
from core.vocabulary.work_orders import OpenedBy, OrderState
from dashboard.http.demo_login import ROLES
from maintenance.assets.expiry import expiries_of
from maintenance.kpi.device_costs import cost_of
from maintenance.parts.stock import Need, advice
from maintenance.tickets.sla import Step, resolution_clock, response_clock, service_level_of
from storage.files import attachments, thumbnails
from storage.records import (
    Alert,
    Asset,
    Audit,
    Contract,
    Downtime,
    File,
    ManualReading,
    Part,
    Records,
    RemoteSession,
    ScheduledTask,
    ServiceEvent,
    StockMove,
    SupplierAnswer,
    Ticket,
    User,
    Vendor,
    VendorLink,
    Window,
    WorkOrder,
)
from storage.records import parts as part_rows
from storage.records.in_memory import records_in_memory
from storage.records.transaction import transaction
from storage.series import SeriesWriter

DEMO = Path(__file__).parents[4] / "config" / "demo.yaml"
END = 1_796_333_400_000  # a Friday in Kabul, 2026-12-04 02:00: the worst time to look back from
SEED = 7


class Quarter(NamedTuple):
    """What was written, and for whom."""

    site: Site
    records: Records
    written: WrittenWork


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "site.yaml"
    path.write_text(DEMO.read_text(encoding="utf-8").replace("var/demo", str(folder)))
    site = load_site(path)
    records = records_in_memory(lambda: END)
    yield Quarter(site, records, write_quarter(records, site, END, SEED))
    records.close()


def test_every_cause_of_downtime_has_a_story(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        downtimes = db.query(Downtime).all()
    assert {downtime.cause for downtime in downtimes} == set(get_args(DowntimeCause))
    assert {downtime.extent for downtime in downtimes} == {"hard", "partial"}
    going_on = [
        (downtime.device, downtime.cause) for downtime in downtimes if not downtime.ended_at
    ]
    assert going_on == [("rf-1", "waiting_part")]
    assert sum(downtime.cases_lost or 0 for downtime in downtimes) > 20


def test_no_patient_lies_on_a_scanner_that_is_down(quarter: Quarter) -> None:
    """The simulated centre stands still, or has no mains, at each of these times."""
    calendar = WorkCalendar(END, quarter.site.zone)
    mains = fault_of(calendar, "mains_failure")
    stopped = [*standstills(calendar), mains]
    with quarter.records.reading() as db:
        hard = db.query(Downtime).filter_by(extent="hard").all()
    for downtime in hard:
        if downtime.device == "us-1" and downtime.cause == "planned":
            continue  # the update ran at whatever hour the demo was started
        spans = sorted(
            (fault.start, fault.end or END)
            for fault in stopped
            if fault.device in ("", downtime.device)
        )
        down = (downtime.began_at, downtime.ended_at or END)
        assert without([down], spans) == [], (downtime.device, downtime.cause)


def test_orders_are_in_every_state_and_came_in_every_way(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        orders = db.query(WorkOrder).all()
        assert {order.state for order in orders} == set(get_args(OrderState))
        by_alert = {"alert"}  # those come when the alerts have: below
        assert {order.opened_by for order in orders} == set(get_args(OpenedBy)) - by_alert
        signed = [order for order in orders if order.state == "signed_off"]
        assert len(signed) > 80
        assert all(order.labour for order in signed)
        assert sum(len(order.costs) for order in orders) >= 4
        assert {order.follows_id is None for order in orders} == {True, False}


def test_each_scanner_has_cost_something_this_month(quarter: Quarter) -> None:
    month = END - 30 * DAY, END
    with quarter.records.reading() as db:
        for name in (
            "ct-1",
            "ct-2",
            "mri-1",
            "mri-2",
            "mammo-1",
            "cbct-1",
            "rf-1",
            "dxa-1",
            "us-1",
        ):
            orders = db.query(WorkOrder).filter_by(device=name).all()
            assert cost_of(db, quarter.site, name, orders, month) > 0, name


def test_photos_can_be_looked_at(quarter: Quarter) -> None:
    folder = quarter.site.file.storage.folder
    with quarter.records.reading() as db:
        photos = db.query(File).filter_by(about="order").all()
    assert len(photos) == 3
    for photo in photos:
        assert thumbnails.small_picture(attachments.read(folder, photo.sha256)), photo.name


def test_tickets_are_in_every_state_with_what_was_written(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        tickets = db.query(Ticket).all()
        assert {ticket.state for ticket in tickets} == set(get_args(TicketState))
        directions = {message.direction for ticket in tickets for message in ticket.messages}
        assert directions == {"out", "in", "note"}
        assert db.query(SupplierAnswer).count() == 1
        sessions = db.query(RemoteSession).all()
        assert [session.ended_at is None for session in sessions] == [False, True]


def test_a_supplier_has_a_page_at_each_start(quarter: Quarter) -> None:
    pages = {supplier_page(quarter.records, quarter.site, END) for _ in range(2)}
    assert len(pages) == 2
    with quarter.records.reading() as db:
        links = db.query(VendorLink).all()
        tickets = {link.ticket_id for link in links}
        assert tickets == {quarter.written.tickets["aec"]}
        assert all(link.made_at <= END < link.expires_at for link in links)


def test_one_promise_was_held_and_one_was_broken(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        clocks = {}
        for key in ("fan", "spikes"):
            ticket = db.get_one(Ticket, quarter.written.tickets[key])
            contract = db.get_one(Contract, ticket.contract_id)
            level = service_level_of(contract, quarter.site.zone)
            assert level is not None
            steps = [Step(step.state, step.at) for step in ticket.steps]
            clocks[key] = (
                response_clock(steps, level, END).is_broken,
                resolution_clock(steps, level, END).is_broken,
            )
    assert clocks == {"fan": (False, False), "spikes": (True, False)}


def test_a_contract_is_near_its_end(quarter: Quarter) -> None:
    today = from_ms(END, quarter.site.zone).date()
    with quarter.records.reading() as db:
        assert db.query(Vendor).count() == 4
        asset = db.get_one(Asset, "ct-2")
        contract = db.get_one(Contract, asset.contract_id)
        states = {expiry.kind: expiry.state for expiry in expiries_of(asset, contract, today)}
        assert asset.serial == "DEMO-CT2", "the sheet begins with what the site file knows"
    assert states == {"contract": "soon"}


def test_parts_move_in_every_way_and_one_is_to_be_ordered(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        assert {move.kind for move in db.query(StockMove)} == set(get_args(StockMoveKind))
        stock = part_rows.stock_by_part(db)
        to_order = [
            part.id
            for part in db.query(Part)
            if advice(part, stock.get(part.id, 0), Need(None), END) != "enough"
        ]
    assert min(stock.values()) >= 0
    assert to_order == ["light-barrier", "foot-switch", "printer-roller"]


def test_a_round_ends_with_a_value_out_of_its_limits(quarter: Quarter) -> None:
    device = quarter.site.device("us-1")
    with quarter.records.reading() as db:
        rows = db.query(ManualReading).filter_by(metric="qa_distance_error_pct").all()
        measured = {row.metric for row in db.query(ManualReading)}
    limits = device.profile.limits("qa_distance_error_pct", "")
    beyond = [any(rule.is_beyond(row.value) for rule in limits) for row in rows]
    assert beyond == [False] * 5 + [True]
    assert measured >= {"qa_geometry_error_mm", "qa_mean_pixel_value", "qa_laser_offset_mm"}


def test_planned_work_is_done_late_left_out_and_nowhere_forgotten(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        known = {(task.device, task.plan) for task in db.query(ScheduledTask)}
        late = db.get_one(WorkOrder, quarter.written.orders["late"])
        task = db.get_one(ScheduledTask, late.task_id)
        skipped = [row.skip_kind for row in db.query(ScheduledTask) if row.skipped_at]
    devices = quarter.site.devices.values()
    assert known == {(device.id, plan.id) for device in devices for plan in device.plans}
    assert (task.done_at, task.late_at < END) == (None, True)
    assert skipped == ["in_use"]


def test_who_looks_as_somebody_is_a_person_of_the_story(quarter: Quarter) -> None:
    assert set(PEOPLE) >= set(ROLES)
    with transaction(quarter.records, quarter.site, "demo", END) as tx:
        for role, person in PEOPLE.items():
            assert new_demo_user(tx, role).full_name == person.full_name
        assert {user.password_hash for user in tx.db.query(User)} == {""}


def test_the_audit_names_who_did_it_and_when(quarter: Quarter) -> None:
    people = {person.full_name for role, person in PEOPLE.items() if role != "vendor"}
    with quarter.records.reading() as db:
        rows = db.query(Audit).order_by(Audit.id).all()
    authors = {row.who for row in rows if not row.who.startswith("link: ")}
    assert authors == people | {WHO, "maintenance"}
    moments = [row.at for row in rows]
    assert moments == sorted(moments)
    assert moments[-1] <= END
    signed = next(
        row for row in rows if row.what == "work_orders" and (row.after or {}).get("signed_by")
    )
    assert signed.after is not None
    assert signed.after["signed_by"] == signed.who


def test_somebody_is_at_work_and_a_window_is_to_come(quarter: Quarter) -> None:
    with quarter.records.reading() as db:
        windows = [window for window in db.query(Window) if window.ends_at > END]
    assert [(window.device, window.starts_at <= END) for window in windows] == [
        ("pacs", False),
        ("pacs", True),
    ]


def _measured(site: Site, seed: int) -> list[object]:
    acts = planned.acts(site, WorkCalendar(END, site.zone), seed)
    return [(act.at, act.who, act.do.args) for act in acts if isinstance(act.do, partial)]


def test_the_same_seed_is_the_same_quarter(quarter: Quarter) -> None:
    assert _measured(quarter.site, SEED) == _measured(quarter.site, SEED)
    assert _measured(quarter.site, SEED) != _measured(quarter.site, SEED + 1)


def test_an_alert_is_answered_once_when_it_has_fired(quarter: Quarter) -> None:
    site, records = quarter.site, quarter.records
    SeriesWriter(site.series_path).close()
    assert not any(give_answer(records, site, answer, END) for answer in ANSWERS)
    with records.writing("engine", END) as db:
        for answer in ANSWERS:
            rule = site.rule(answer.device, answer.rule)
            assert rule is not None, "the profile has it"
            alert = Alert(
                answer.device,
                "",
                answer.rule,
                rule.title,
                rule.severity,
                "",
                "firing",
                END - 3 * DAY,
            )
            alert.fired_at = alert.began_at + HOUR
            if answer.device == "ups-1":
                alert.state, alert.ended_at = "ok", alert.fired_at + 40 * MINUTE
            db.add(alert)
    for _ in range(2):
        assert all(give_answer(records, site, answer, END) for answer in ANSWERS)
    with records.reading() as db:
        orders = db.query(WorkOrder).filter_by(opened_by="alert").order_by(WorkOrder.id).all()
        assert [(order.device, order.state) for order in orders] == [
            ("ups-1", "signed_off"),
            ("mri-2", "waiting_vendor"),
            ("ct-2", "assigned"),
        ]
        tickets = db.query(Ticket).filter(Ticket.alert_id.is_not(None)).order_by(Ticket.id).all()
        assert [ticket.state for ticket in tickets] == ["acknowledged", "acknowledged"]
        bundle = db.query(File).filter_by(about="ticket").one()
        assert bundle.about_id == str(tickets[-1].id)
        silence = db.query(Window).filter_by(kind="silence").one()
        assert silence.ends_at - silence.starts_at == SILENT_FOR
        alerts = db.query(Alert).all()
        seen = {alert.device for alert in alerts if alert.acknowledged_at}
        assert seen == {"mri-2", "ct-2", "ct-1"}
        assert all(row.at <= END for row in db.query(Audit))


def test_no_repair_hides_a_slow_fault(quarter: Quarter) -> None:
    """After one the detectors learn anew, and would take what is wrong for normal."""
    calendar = WorkCalendar(END, quarter.site.zone)
    with quarter.records.reading() as db:
        services = db.query(ServiceEvent).all()
    for name in ("tube_cooling", "helium_leak", "ct_number_drift", "bmd_drift"):
        fault = fault_of(calendar, name)
        late = [
            row.text
            for row in services
            if row.device == fault.device and row.at > fault.start - 30 * DAY
        ]
        assert late == [], name
