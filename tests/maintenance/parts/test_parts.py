"""Parts: what is on the shelf, when one will be needed, and whether to order it now."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.work_orders import OrderState
from maintenance.assets.register import sheet_of
from maintenance.parts import stock
from maintenance.parts.demand import need_of, stock_overview
from maintenance.parts.stock import Need, advice
from maintenance.work_orders.opening import open_order
from storage.records import Component, Part, Verdict
from storage.records import assets as asset_rows
from storage.records import parts as part_rows
from tests.maintenance.cast import T0, House, at

TUBE = {"id": "tube", "name": "Tube", "component": "tube", "devices": ["ct-1"], "lead_days": 60}


def add(house: House, **more: object) -> None:
    with house.write(T0) as db:
        db.add(Part(**{**TUBE, **more}))  # type: ignore[arg-type]


def fit(house: House, **more: object) -> None:
    """The CT gets a component."""
    with house.change(T0) as tx:
        sheet = sheet_of(tx, "ct-1")
        tx.db.add(Component(asset=sheet, name="tube", serial="T-9", **more))  # type: ignore[arg-type]


def need(house: House, now: int = T0) -> Need:
    with house.look() as db:
        return need_of(db, house.site, house.series, db.get_one(Part, "tube"), now)


def test_what_there_is_is_the_sum_of_the_moves(house: House) -> None:
    add(house, cost_cents=700)
    with house.change(T0) as tx:
        order = open_order(tx, "ct-1", "T")
        moves: list[tuple[StockMoveKind, int]] = [
            ("received", 5),
            ("used", 2),
            ("returned", 1),
            ("scrapped", 1),
            ("counted", 7),
        ]
        for kind, quantity in moves:
            number = order.id if kind in ("used", "returned") else None
            stock.move(tx, "tube", kind, quantity, order_id=number)
    with house.look() as db:
        assert part_rows.stock_by_part(db) == {"tube": 7}
        rows = part_rows.stock_moves(db, part="tube")
    assert [row.quantity for row in rows] == [5, -2, 1, -1, 4]
    assert {row.cost_cents for row in rows} == {700}


@pytest.mark.parametrize("end", ["signed_off", "cancelled"])
def test_nothing_is_used_on_an_order_that_is_history(house: House, end: OrderState) -> None:
    add(house)
    with house.change(T0) as tx:
        order = open_order(tx, "ct-1", "T")
        stock.move(tx, "tube", "received", 5)
        stock.move(tx, "tube", "used", 1, order_id=order.id)
        number, order.state = order.id, end
    moves: list[StockMoveKind] = ["used", "returned"]
    for kind in moves:
        with pytest.raises(RefusedError, match="nothing of it changes"), house.change(T0) as tx:
            stock.move(tx, "tube", kind, 1, order_id=number)
    with house.look() as db:
        assert part_rows.stock_by_part(db) == {"tube": 4}


@pytest.mark.parametrize(
    ("part", "kind", "quantity", "why"),
    [
        ("tube", "used", 1, "say which"),
        ("tube", "scrapped", 4, "there are only 3"),
        ("tube", "received", 0, "above 0"),
        ("tube", "counted", -1, "above 0"),
        ("tub", "received", 1, "no part 'tub'"),
    ],
)
def test_what_cannot_be_is_refused(
    house: House, part: str, kind: StockMoveKind, quantity: int, why: str
) -> None:
    add(house)
    with house.change(T0) as tx:
        stock.move(tx, "tube", "received", 3)
    with pytest.raises(RefusedError, match=why), house.change(T0) as tx:
        stock.move(tx, part, kind, quantity)
    with house.look() as db:
        assert part_rows.stock_by_part(db) == {"tube": 3}


def test_a_life_in_days_ends_on_a_day_of_the_centre(house: House) -> None:
    add(house)
    fit(house, installed_on="2024-12-01", life_days=100)
    assert need(house) == Need(at("2025-03-11 00:00"), "tube T-9 of ct-1: 100 days of life")


def test_a_life_by_a_counter_ends_at_the_pace_of_the_last_ninety_days(house: House) -> None:
    add(house)
    fit(house, counter="tube_scan_s", counter_at_install=100_000, life_count=50_000)
    for day in range(91):
        house.read("ct-1", "tube_scan_s", 120_000 + 200.0 * day, T0 + day * DAY)
    now = T0 + 90 * DAY
    found = need(house, now)
    assert found.at == pytest.approx(now + (150_000 - 138_000) / 200 * DAY, abs=2 * DAY)
    assert found.why == "tube T-9 of ct-1: tube_scan_s reaches 50000"


def test_a_detector_in_alarm_says_when_and_the_earliest_reason_counts(house: House) -> None:
    add(house, detector="arcs")
    fit(house, installed_on="2024-12-01", life_days=400)
    with house.write(T0) as db:
        db.add(
            Verdict(
                device="ct-1",
                component="",
                detector="arcs",
                at=T0,
                kind="anomaly",
                score=1.0,
                alarm=True,
                limit_at_low=T0 + 20 * DAY,
                limit_at=T0 + 50 * DAY,
            )
        )
    assert need(house) == Need(T0 + 20 * DAY, "arcs on ct-1 forecasts it")


def test_what_was_taken_out_or_belongs_to_another_device_needs_nothing(house: House) -> None:
    add(house, devices=["cbct-1"])
    fit(house, installed_on="2024-12-01", life_days=100)
    assert need(house) == Need(None)
    with house.write(T0) as db:
        db.get_one(Part, "tube").devices = ["ct-1"]
        [tube] = asset_rows.components_in_use(db, "tube")
        tube.removed_on = "2025-01-01"
    assert need(house) == Need(None)


@pytest.mark.parametrize(
    ("here", "minimum", "days", "expected"),
    [
        (0, 0, None, "enough"),
        (0, 1, None, "order_now"),
        (2, 1, 5, "enough"),  # one is here: it can be used
        (0, 0, 59, "too_late"),  # it comes after 60 days
        (0, 0, 60, "order_now"),
        (0, 0, 89, "order_now"),
        (0, 0, 90, "enough"),  # next month is soon enough
        (0, 1, 200, "order_now"),
    ],
)
def test_whether_to_order(here: int, minimum: int, days: int | None, expected: str) -> None:
    part = Part(id="tube", name="Tube", minimum=minimum, lead_days=60)
    wanted = Need(None if days is None else T0 + days * DAY)
    assert advice(part, here, wanted, T0) == expected


def test_the_overview_of_the_stock_shows_it_all(house: House) -> None:
    add(house)
    fit(house, installed_on="2024-12-01", life_days=100)
    with house.look() as db:
        [row] = stock_overview(db, house.site, house.series, T0 + HOUR)
    assert (row.part.id, row.quantity, row.advice) == ("tube", 0, "order_now")
    assert row.devices == ["ct-1"]
    assert row.need.at == at("2025-03-11 00:00")
