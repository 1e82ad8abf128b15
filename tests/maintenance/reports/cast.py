"""A month whose every figure can be counted by hand: January 2025, with December before it.

The CT is covered 12 h a day but on Fridays: January has 26 such days (312 h), December 27 (324 h).
"""

from sqlalchemy.orm import Session

from core.readings import Batch, Reading
from core.schema.site import Device
from core.time.clock import HOUR, MINUTE
from maintenance.downtime import records as downtime
from maintenance.parts import stock
from maintenance.planning.usage import EXAMINATIONS
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders import checklist
from maintenance.work_orders import lifecycle as orders
from storage.records import Asset, Contract, Part, Vendor, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import House, at

NOW = at("2025-02-05 10:00")
NOTE = "Tube arcs; طیوب تبدیل شد"


def watch(centre: House, start: str, end: str, *gaps: tuple[str, str]) -> None:
    """The CT's source answers every ten minutes, but not in the gaps.

    Ten minutes are more than Scanward thinks of as looking, so a second source says it between.
    """
    away = [(at(begin), at(stop)) for begin, stop in gaps]
    batches = [
        Batch([Reading("ct-1", "up", 1.0, moment, "mqtt")])
        for moment in range(at(start), at(end), 4 * MINUTE)
        if not any(begin <= moment < stop for begin, stop in away)
    ]
    centre.writer.append(batches)
    while centre.writer.seal(everything=True):
        pass


def out(
    db: Session, device: str, start: str, end: str | None, cause: str, extent: str = "hard"
) -> None:
    """A downtime that a person wrote down."""
    piece = downtime.open_downtime(
        db,
        device,
        at(start),
        cause=cause,  # type: ignore[arg-type]  # a test writes what the tables know
        extent=extent,  # type: ignore[arg-type]
        by="sara",
        note=NOTE if cause == "machine" else "",
    )
    if end is not None:
        downtime.close_downtime(db, piece, at(end), by="sara")


def seed(centre: House) -> None:
    """Everything that happened."""
    watch(centre, "2024-11-01 00:00", "2025-02-05 10:00", ("2025-01-20 08:00", "2025-01-20 14:00"))
    for when, number in (("2024-12-31 19:55", 41_200), ("2025-01-31 20:00", 41_800)):
        centre.read("ct-1", EXAMINATIONS, number, at(when))
    with centre.write(NOW) as db:
        out(db, "ct-1", "2024-12-10 08:00", "2024-12-10 20:00", "mains")
        out(db, "ct-1", "2025-01-04 10:00", "2025-01-04 16:00", "machine")  # 6 h covered
        out(db, "ct-1", "2025-01-12 18:00", "2025-01-13 09:00", "cooling")  # 2 + 1 h covered
        out(db, "ct-1", "2025-01-15 08:00", "2025-01-15 12:00", "planned")  # 4 h
        out(db, "cbct-1", "2025-01-18 08:00", "2025-01-18 14:00", "network", "partial")
        mains = downtime_rows.downtimes(db, 0, at("2025-01-01 00:00"), "ct-1")[0]
        mains.cases_lost, mains.recovery_cents = 4, 5_000
        _vendors(db)
    _work(centre)
    with centre.write(NOW) as db:
        _tickets(db)


def _vendors(db: Session) -> None:
    db.add(Vendor(id="service", name="Service partner"))
    db.flush()
    contract = Contract(
        vendor_id="service",
        number="SC-1182",
        starts_on="2024-07-01",
        ends_on="2025-06-30",
        days=["sat", "sun", "mon", "tue", "wed", "thu"],
        opens="08:00",
        closes="16:00",
        response_h=4,
        resolution_h=24,
        cost_cents=3_652_500,  # 10 000 cents a day
    )
    db.add(contract)
    db.flush()
    sheet = Asset(id="ct-1", name="CT one", entered_at=0, updated_at=0, contract_id=contract.id)
    sheet.price_cents, sheet.income_cents = 50_000_000, 2_500
    db.add_all([sheet, Part(id="ct-fan", name="Gantry fan", cost_cents=12_000)])
    db.flush()
    stock.move(db, "ct-fan", "received", 3, by="sara", now=at("2025-01-02 08:00"))


def _work(centre: House) -> None:
    """Every daily check of the CT in January is done but two; one finds the noise out of limits."""
    ct = centre.site.devices["ct-1"]
    moment = at("2025-01-01 08:00")
    while moment < at("2025-02-01 08:00"):
        centre.planner.round(moment)
        day = (moment - at("2025-01-01 08:00")) // (24 * HOUR)
        with centre.write(moment) as db:
            for order in order_rows.orders(db, device="ct-1"):
                if order.kind == "preventive" and day not in (10, 21):
                    _do(db, ct, order, moment + HOUR, bad=day == 5)
        moment += 24 * HOUR
    with centre.write(NOW) as db:
        repair = orders.open_order(
            db,
            device="ct-1",
            kind="corrective",
            opened_by="hand",
            title="Gantry too hot",
            by="sara",
            now=at("2025-01-04 10:00"),
        )
        orders.begin(db, repair.id, by="sara", now=at("2025-01-04 11:00"))
        stock.move(
            db, "ct-fan", "used", 2, by="sara", now=at("2025-01-04 12:00"), order_id=repair.id
        )
        orders.add_labour(
            db, repair.id, who="sara", began_at=at("2025-01-04 11:00"), minutes=90, cost_cents=3_000
        )
        orders.complete(db, repair.id, by="sara", now=at("2025-01-04 15:00"), result="new fans")


def _do(db: Session, device: Device, order: WorkOrder, now: int, *, bad: bool) -> None:
    orders.begin(db, order.id, by="sara", now=now)
    for item in order.items:
        if item.metric:
            value = 40.0 if bad and item.item == "water_ct_number" else (item.low or 0.0)
            checklist.measure(db, device, order.id, item.item, value, by="sara", now=now)
        else:
            checklist.tick(db, order.id, item.item, "ok", by="sara", now=now)
    orders.complete(db, order.id, by="sara", now=now)
    if order.takes_down:
        orders.return_to_service(db, order.id, by="sara", now=now, check="phantom")


def _tickets(db: Session) -> None:
    """One answered after 2 covered hours and solved after 11; one answered too late, still open."""
    for opened, answered, solved in (
        ("2025-01-06 09:00", "2025-01-06 11:00", "2025-01-07 12:00"),
        ("2025-01-13 09:00", "2025-01-14 10:00", None),
    ):
        ticket = tickets.open_ticket(
            db,
            device="ct-1",
            vendor="service",
            subject=f"Arcing {opened[:10]}",
            text="x",
            by="sara",
            now=at(opened),
        )
        tickets.move(db, ticket.id, "sent", by="sara", now=at(opened))
        tickets.move(db, ticket.id, "acknowledged", by="service", now=at(answered))
        if solved:
            tickets.move(db, ticket.id, "solved", by="service", now=at(solved))
