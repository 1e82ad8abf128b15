"""A month whose every figure can be counted by hand: January 2025, with December before it.

The CT is covered 12 h a day but on Fridays: January has 26 such days (312 h), December 27 (324 h).
"""

from core.readings import Batch, Reading
from core.time.clock import HOUR, MINUTE
from maintenance.downtime.lifecycle import close_downtime, open_downtime
from maintenance.parts import stock
from maintenance.planning.usage import EXAMINATIONS
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.answers import measure, tick
from maintenance.work_orders.completion import complete, return_to_service
from maintenance.work_orders.costs import add_labour
from maintenance.work_orders.lifecycle import begin
from maintenance.work_orders.opening import open_order
from storage.records import Asset, Contract, Part, Vendor, WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction
from tests.maintenance.cast import House, at, later

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
    while centre.writer.compact(everything=True):
        pass


def out(
    tx: Transaction, device: str, start: str, end: str | None, cause: str, extent: str = "hard"
) -> None:
    """A downtime that a person wrote down."""
    downtime = open_downtime(
        tx,
        device,
        at(start),
        cause=cause,  # type: ignore[arg-type]  # a test writes what the tables know
        extent=extent,  # type: ignore[arg-type]
        note=NOTE if cause == "machine" else "",
    )
    if end is not None:
        close_downtime(tx, downtime, at(end))


def seed(centre: House) -> None:
    """Everything that happened."""
    watch(centre, "2024-11-01 00:00", "2025-02-05 10:00", ("2025-01-20 08:00", "2025-01-20 14:00"))
    for when, number in (("2024-12-31 19:55", 41_200), ("2025-01-31 20:00", 41_800)):
        centre.read("ct-1", EXAMINATIONS, number, at(when))
    with centre.change(NOW) as tx:
        out(tx, "ct-1", "2024-12-10 08:00", "2024-12-10 20:00", "mains")
        out(tx, "ct-1", "2025-01-04 10:00", "2025-01-04 16:00", "machine")  # 6 h covered
        out(tx, "ct-1", "2025-01-12 18:00", "2025-01-13 09:00", "cooling")  # 2 + 1 h covered
        out(tx, "ct-1", "2025-01-15 08:00", "2025-01-15 12:00", "planned")  # 4 h
        out(tx, "cbct-1", "2025-01-18 08:00", "2025-01-18 14:00", "network", "partial")
        mains = downtime_rows.downtimes(tx.db, 0, at("2025-01-01 00:00"), "ct-1")[0]
        mains.cases_lost, mains.recovery_cents = 4, 5_000
        _vendors(tx)
    _work(centre)
    with centre.change(NOW) as tx:
        _tickets(tx)


def _vendors(tx: Transaction) -> None:
    tx.db.add(Vendor(id="service", name="Service partner"))
    tx.db.flush()
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
    tx.db.add(contract)
    tx.db.flush()
    sheet = Asset(id="ct-1", name="CT one", entered_at=0, updated_at=0, contract_id=contract.id)
    sheet.price_cents, sheet.income_cents = 50_000_000, 2_500
    tx.db.add_all([sheet, Part(id="ct-fan", name="Gantry fan", cost_cents=12_000)])
    tx.db.flush()
    stock.move(later(tx, at("2025-01-02 08:00")), "ct-fan", "received", 3)


def _work(centre: House) -> None:
    """Every daily check of the CT in January is done but two; one finds the noise out of limits."""
    moment = at("2025-01-01 08:00")
    while moment < at("2025-02-01 08:00"):
        centre.planner.round(moment)
        day = (moment - at("2025-01-01 08:00")) // (24 * HOUR)
        with centre.change(moment + HOUR) as tx:
            for order in order_rows.orders(tx.db, device="ct-1"):
                if order.kind == "preventive" and day not in (10, 21):
                    _do(tx, order, bad=day == 5)
        moment += 24 * HOUR
    with centre.change(at("2025-01-04 10:00")) as tx:
        repair = open_order(tx, "ct-1", "Gantry too hot").id
    with centre.change(at("2025-01-04 11:00")) as tx:
        begin(tx, repair)
        add_labour(tx, repair, began_at=tx.now, minutes=90, cost_cents=3_000)
    with centre.change(at("2025-01-04 12:00")) as tx:
        stock.move(tx, "ct-fan", "used", 2, order_id=repair)
    with centre.change(at("2025-01-04 15:00")) as tx:
        complete(tx, repair, result="new fans")


def _do(tx: Transaction, order: WorkOrder, *, bad: bool) -> None:
    begin(tx, order.id)
    for item in order.items:
        if item.metric:
            value = 40.0 if bad and item.item == "water_ct_number" else (item.low or 0.0)
            measure(tx, order.id, item.item, value, sure=bad)
        else:
            tick(tx, order.id, item.item, "ok")
    complete(tx, order.id)
    if order.takes_down:
        return_to_service(tx, order.id, "phantom")


def _tickets(tx: Transaction) -> None:
    """One answered after 2 covered hours and solved after 11; one answered too late, still open."""
    for opened, answered, solved in (
        ("2025-01-06 09:00", "2025-01-06 11:00", "2025-01-07 12:00"),
        ("2025-01-13 09:00", "2025-01-14 10:00", None),
    ):
        sent, answer = later(tx, at(opened)), later(tx, at(answered), "service")
        ticket = tickets.open_ticket(sent, "ct-1", "service", f"Arcing {opened[:10]}", "x")
        tickets.move(sent, ticket.id, "sent")
        tickets.move(answer, ticket.id, "acknowledged")
        if solved:
            tickets.move(later(answer, at(solved)), ticket.id, "solved")
