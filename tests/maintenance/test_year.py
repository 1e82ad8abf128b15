"""A year of the centre: failures, plans, orders, parts and tickets by the production code.

The test keeps its own list of what happened, in words of its own. From that list alone, on a grid of
minutes and with nothing of `maintenance/`, every figure is counted again; both must agree exactly.
Everything happens on whole minutes, so the grid loses nothing.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from core.clock import DAY, HOUR, MINUTE, from_ms
from maintenance import assets, checklist, figures, orders, plans, sla, stock, tickets
from maintenance.account import Account, account
from maintenance.outages import downtime_by_cause, failures
from storage.records import Component, Contract, Part, Vendor
from storage.records import house as stored
from storage.records.work import Cause
from tests.maintenance.cast import KABUL, House, at

START, END = at("2025-01-01 00:00"), at("2026-01-01 00:00")
OFF = (at("2025-07-10 00:00"), at("2025-07-13 06:00"))  # Scanward itself is switched off
MONTHS = [at(f"2025-{month:02d}-01 00:00") for month in range(1, 13)] + [END]
PERIODS = [*pairwise(MONTHS), (START, END)]
DEVICES = ("ct-1", "cbct-1")
THIRTY_DAYS = 30 * DAY

Grid = npt.NDArray[np.bool_]


@dataclass
class Told:
    """What happened, as the test saw it."""

    # device, start, end, cause, hard or partial
    outages: list[tuple[str, int, int | None, str, str]] = field(default_factory=list)
    # device, fault, opened, done, visits
    fixes: list[tuple[str, str, int, int, int]] = field(default_factory=list)
    # device, due, late, done (None: not), why not; class
    due: dict[int, list[object]] = field(default_factory=dict)
    serviced: list[tuple[str, int]] = field(default_factory=list)
    money: list[tuple[str, int, int]] = field(default_factory=list)  # device, when, hundredths
    lost: list[tuple[str, int, int, int]] = field(default_factory=list)
    shelf: Counter[str] = field(default_factory=Counter)
    cases: list[tuple[int, list[tuple[str, int]]]] = field(default_factory=list)


class Year:
    """Runs it: a queue of what people and machines do, each at its minute."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.told = Told()
        self.accounts: dict[tuple[str, tuple[int, int]], Account] = {}
        self._chance = random.Random(seed)
        self._queue: list[tuple[int, int, Callable[[int], None]]] = []
        self._ticket = count()
        self._worked: set[int] = set()

    def at(self, when: int, what: Callable[[int], None]) -> None:
        heapq.heappush(self._queue, (when - when % MINUTE, next(self._ticket), what))

    def run(self) -> None:
        self._begin()
        for day in range(365):
            morning = START + day * DAY + 8 * HOUR + 5 * MINUTE
            if not OFF[0] <= morning < OFF[1]:
                self.at(morning, self._plan)
        for week in range(1, 52):
            self.at(START + week * 7 * DAY, self._expose)
        for device, rate in (("ct-1", 40), ("cbct-1", 20)):
            self._failures(device, rate)
        while self._queue:
            when, _, what = heapq.heappop(self._queue)
            if when < END:
                what(when)

    def _expose(self, now: int) -> None:
        """The CBCT's counter grows by 100 a day: its check by use comes before the yearly one."""
        self.house.read("cbct-1", "exposures_count", 100.0 * ((now - START) // DAY), now)

    def _begin(self) -> None:
        with self.house.write(START, "manager") as db:
            db.add(Vendor(id="vendor", name="Vendor"))
            db.flush()
            days = ["sun", "mon", "tue", "wed", "thu"]
            contract = Contract(
                vendor_id="vendor",
                number="C-1",
                starts_on="2025-03-01",
                ends_on="2026-02-28",
                days=days,
                opens="09:00",
                closes="17:00",
                response_h=4,
                resolution_h=16,
                cost_cents=3652500,
            )
            db.add(contract)
            db.flush()
            for device in DEVICES:
                sheet = assets.sheet_of(db, self.house.site, device, START)
                sheet.contract_id = contract.id
                sheet.price_cents, sheet.income_cents = 20_000_000, 2500
                db.add(Component(asset=sheet, name="fan", installed_on="2025-01-01", life_days=900))
            db.add(Part(id="fan", name="Fan", minimum=2, lead_days=40, cost_cents=12_050))
            db.flush()
            stock.move(db, "fan", "received", 50, by="manager", now=START)
            self.told.shelf["fan"] = 50

    # What is planned ---------------------------------------------------------------------------

    def _plan(self, now: int) -> None:
        self.house.planner.round(now)
        with self.house.look() as db:
            recent = stored.occurrences(db, now - 40 * DAY, now + 40 * DAY)
            seen = [*recent, *stored.open_occurrences(db)]
            open_orders = stored.orders_of_open_occurrences(db)
        for one in seen:
            if one.device not in DEVICES:
                continue
            row = self.told.due.setdefault(one.id, [one.device, 0, 0, None, "", one.risk_class])
            if row[3] is None and row[4] == "":  # still open when the test last looked
                row[1], row[2] = one.due_at, one.late_at
                row[4] = "missed" if one.skip_kind == "missed" else ""
            if one.id in open_orders and one.id not in self._worked:
                self._worked.add(one.id)
                self._decide(one.id, open_orders[one.id].id, now, one.late_at)

    def _decide(self, occurrence: int, order: int, now: int, late_at: int) -> None:
        """In time mostly, sometimes late, sometimes never; sometimes the device was not free."""
        chance = self._chance.random()
        soon = now + self._chance.randrange(15, 180) * MINUTE
        if chance < 0.86:
            self.at(soon, lambda t: self._carry_out(occurrence, order, t))
        elif chance < 0.92:
            late = late_at + self._chance.randrange(5, 300) * MINUTE
            self.at(late, lambda t: self._carry_out(occurrence, order, t))
        elif chance < 0.95:
            self.at(soon, lambda t: self._skip(occurrence, t))

    def _skip(self, occurrence: int, now: int) -> None:
        with self.house.write(now, "technician") as db:
            plans.skip(
                db, self.house.site, occurrence, "in_use", "patients", by="technician", now=now
            )
        self.told.due[occurrence][4] = "in_use"

    def _carry_out(self, occurrence: int, number: int, now: int) -> None:
        minutes = self._chance.randrange(10, 90)
        end = now + minutes * MINUTE
        with self.house.write(now, "technician") as db:
            order = orders.get(db, number)
            if order.state == "cancelled":
                return  # missed: the next was due before anybody came
            orders.begin(db, number, by="technician", now=now)
            device, takes_down = order.device, order.takes_down
            self._answer(db, number, device, end)
            orders.add_labour(
                db, number, who="technician", began_at=now, minutes=minutes, cost_cents=minutes * 7
            )
            orders.complete(db, number, by="technician", now=end)
            if takes_down:
                orders.return_to_service(db, number, by="engineer", now=end, check="phantom")
            orders.sign_off(db, number, by="engineer", now=end)
        self.told.money.append((device, now, minutes * 7))
        self.told.due[occurrence][3] = end
        if takes_down:
            self.told.serviced.append((device, end))
            self.told.outages.append((device, now, end, "planned", "hard"))

    def _answer(self, db: object, number: int, device: str, now: int) -> None:
        for item in orders.get(db, number).items:  # type: ignore[arg-type]
            args = (db, number, item.item)
            if item.metric and item.low is not None:
                value = item.low if item.high is None else (item.low + item.high) / 2
                one = self.house.site.devices[device]
                checklist.measure(
                    db,
                    one,
                    number,
                    item.item,
                    value,
                    by="technician",
                    now=now,  # type: ignore[arg-type]
                )
            else:
                answer: checklist.Plain = "not_applicable" if item.metric else "ok"
                checklist.tick(*args, answer, by="technician", now=now)  # type: ignore[arg-type]

    # What fails --------------------------------------------------------------------------------

    def _failures(self, device: str, a_year: int) -> None:
        when = START + DAY
        while True:
            when += round(self._chance.expovariate(a_year / 365) * DAY) + 4 * HOUR
            when -= when % MINUTE
            lasts = round(self._chance.lognormvariate(1.6, 1.0) * 60) * MINUTE + 40 * MINUTE
            if when + lasts + DAY >= OFF[0] and when < OFF[1] + DAY:
                when = OFF[1] + DAY
                continue
            if when + lasts >= END - DAY:
                return
            if device == "ct-1":
                self.at(when, lambda t, d=lasts: self._hot(t, t + d))  # type: ignore[misc]
            else:
                self.at(when, lambda t, d=lasts: self._told_by_hand(t, t + d))  # type: ignore[misc]
            when += lasts

    def _hot(self, start: int, end: int) -> None:
        """An alert puts the CT out of service; an order follows, maybe a part or the vendor."""
        mains = self._chance.random() < 0.25
        if mains:
            self.house.read("ups-1", "on_battery_s", 5.0, start)
        self.house.hot("ct-1", start, None)
        cause = "mains" if mains else "machine"
        fault = "gantry_hot"
        came, begin = start + 10 * MINUTE, start + 20 * MINUTE
        with self.house.write(came, "engineer") as db:
            [alert] = [a for a in stored.firing_at(db, ["ct-1"], came) if a.rule == fault]
            number = orders.open_for_alert(db, alert.id, by="engineer", now=came).id
        with self.house.write(begin, "engineer") as db:
            orders.begin(db, number, by="engineer", now=begin)
        visits, edges, causes = 1, [start], [cause]
        if end - start > 4 * HOUR:
            visits = 2
            hold, again = begin + HOUR, end - HOUR
            with self.house.write(hold, "engineer") as db:
                orders.hold(db, number, "waiting_part", by="engineer", now=hold)
            with self.house.write(again, "engineer") as db:
                orders.begin(db, number, by="engineer", now=again)
                stock.move(db, "fan", "used", 1, by="engineer", now=again, order_id=number)
            edges += [hold, again]
            causes += ["waiting_part", "machine"]
            self.told.shelf["fan"] -= 1
            self.told.money.append(("ct-1", again, 12_050))
        for left, right, why in zip(edges, [*edges[1:], end], causes, strict=True):
            self.told.outages.append(("ct-1", left, right, why, "hard"))
        self.house.read("ct-1", "gantry_temp_c", 25.0, end)
        if mains:
            self.house.read("ups-1", "on_battery_s", 0.0, end)
        self.house.judge(end)
        self._finish("ct-1", number, fault, came, end, visits)
        if self._chance.random() < 0.3:
            self._case(number, came)

    def _told_by_hand(self, start: int, end: int) -> None:
        """Somebody says that the CBCT can only be used in part, or not at all."""
        extent = "partial" if self._chance.random() < 0.4 else "hard"
        with self.house.write(start, "technician") as db:
            number = orders.open_order(
                db,
                device="cbct-1",
                kind="corrective",
                opened_by="fault",
                title="It does not turn",
                fault="arm",
                by="technician",
                now=start,
                down=extent,  # type: ignore[arg-type]
            ).id
            orders.begin(db, number, by="engineer", now=start)
        self.told.outages.append(("cbct-1", start, end, "machine", extent))
        self._finish("cbct-1", number, "arm", start, end, 1)

    def _finish(
        self, device: str, number: int, fault: str, opened: int, end: int, visits: int
    ) -> None:
        with self.house.write(end, "engineer") as db:
            orders.complete(db, number, by="engineer", now=end, result="mended")
            bill = self._chance.randrange(100, 90_000)
            orders.add_cost(db, number, cost_cents=bill, text="transport", at=end)
            orders.return_to_service(db, number, by="engineer", now=end, check="phantom")
            orders.sign_off(db, number, by="engineer", now=end)
            first = stored.downtimes_of_order(db, number)[0]
            if self._chance.random() < 0.5:
                first.cases_lost, first.recovery_cents = 4, 5000
                self.told.lost.append((device, first.began_at, 4, 5000))
        self.told.money.append((device, end, bill))
        self.told.fixes.append((device, fault, opened, end, visits))

    def _case(self, order: int, opened: int) -> None:
        """A ticket that goes through its states, each some minutes after the last."""
        when, steps = opened, [("draft", opened)]
        with self.house.write(opened, "engineer") as db:
            ticket = tickets.open_ticket(
                db,
                device="ct-1",
                vendor="vendor",
                subject="The gantry is hot",
                text="",
                by="engineer",
                now=opened,
                order_id=order,
            )
            assert (ticket.contract_id is not None) == (stored.contract_of(db, "ct-1") is not None)
            for state in ("sent", "acknowledged", "waiting_us", "acknowledged", "solved", "closed"):
                when += self._chance.randrange(5, 2000) * MINUTE
                tickets.move(db, ticket.id, state, by="engineer", now=when)  # type: ignore[arg-type]
                steps.append((state, when))
            self.told.cases.append((ticket.id, steps))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    house = House(tmp_path_factory.mktemp("year"))
    year = Year(house, seed=11)
    try:
        year.run()
        yield year
    finally:
        house.close()


def grid(spans: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> Grid:
    """The minutes of the year that lie in any of the spans."""
    minutes = np.zeros((END - START) // MINUTE, dtype=bool)
    for start, end in spans:
        minutes[max(start - START, 0) // MINUTE : max(end - START, 0) // MINUTE] = True
    return minutes


def window(period: tuple[int, int]) -> Grid:
    return grid([period])


@cache
def opening_hours() -> Grid:
    """08:00 to 20:00 but on Fridays, counted by the wall clock."""
    spans = []
    for day in range(365):
        midnight = START + day * DAY
        if (from_ms(midnight, KABUL) + timedelta(hours=1)).strftime("%a") != "Fri":
            spans.append((midnight + 8 * HOUR, midnight + 20 * HOUR))
    return grid(spans)


def counted(year: Year, device: str, period: tuple[int, int]) -> Account:
    key = (device, period)
    if key not in year.accounts:
        one = year.house.site.devices[device]
        with year.house.look() as db:
            year.accounts[key] = account(db, year.house.site, one, period, [OFF], END)
    return year.accounts[key]


def hours(minutes: Grid) -> float:
    return float(minutes.sum()) / 60


@pytest.mark.parametrize("device", DEVICES)
def test_enough_has_happened_to_count(year: Year, device: str) -> None:
    told = year.told
    assert sum(o[0] == device and o[3] != "planned" for o in told.outages) >= 8
    assert sum(d == device for d, _ in told.serviced) >= 1
    kinds = Counter(
        "open" if r[3] is None and not r[4] else str(r[4]) or "done"
        for r in told.due.values()
        if r[0] == device
    )
    assert {"done", "in_use"} <= set(kinds)
    assert "missed" in kinds or device != "ct-1"
    assert len(told.cases) >= 5
    assert {o[3] for o in told.outages} == {"machine", "mains", "waiting_part", "planned"}


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("hours_of", ["covered", "whole"])
def test_time_is_divided_as_the_grid_divides_it(year: Year, device: str, hours_of: str) -> None:
    outages = [o for o in year.told.outages if o[0] == device]
    # Downtime that people enter or end is known where Scanward was off; here none touches it.
    off = grid([OFF])
    base = opening_hours() if hours_of == "covered" else ~grid([])
    hard = grid([(o[1], o[2] or END) for o in outages if o[3] != "planned" and o[4] == "hard"])
    part = grid([(o[1], o[2] or END) for o in outages if o[3] != "planned" and o[4] == "partial"])
    plan = grid([(o[1], o[2] or END) for o in outages if o[3] == "planned"])
    for period in PERIODS:
        here = base & window(period)
        known = here & ~off
        wrong = hours(known & hard)
        planned = hours(known & plan & ~hard)
        partial = hours(known & part & ~hard & ~plan)
        split = getattr(counted(year, device, period), hours_of)
        expected = (hours(here), hours(here & off), planned, wrong, partial)
        got = (split.counted, split.unknown, split.planned, split.hard, split.partial)
        assert got == pytest.approx(expected, abs=1e-9)
        looked = hours(known) - planned
        figure = figures.availability(split)
        assert figure.value == pytest.approx(100 * (looked - wrong) / looked)
        assert figure.hours == pytest.approx(looked)
        weighted = figures.weighted_downtime(split).value
        assert weighted == pytest.approx(100 * (wrong + partial / 2) / looked)


@pytest.mark.parametrize("device", DEVICES)
def test_downtime_by_cause_adds_up_to_what_the_grid_has_of_each(year: Year, device: str) -> None:
    outages = [o for o in year.told.outages if o[0] == device]
    for period in PERIODS:
        known = opening_hours() & window(period) & ~grid([OFF])
        expected: dict[str, float] = {}
        taken = grid([])
        for o in sorted(outages, key=lambda o: (o[4] != "hard", o[1], o[3])):
            mine = grid([(o[1], o[2] or END)]) & known & ~taken
            taken |= mine
            if mine.any():
                expected[o[3]] = expected.get(o[3], 0.0) + hours(mine)
        mine_ = counted(year, device, period)
        spans = year.house.site.devices[device].hours(KABUL).between(*period)
        found: dict[Cause, float] = downtime_by_cause(mine_.outages, spans, [OFF], END)
        assert found == pytest.approx(expected)


@pytest.mark.parametrize("device", DEVICES)
def test_failures_their_repair_and_the_time_between(year: Year, device: str) -> None:
    pieces = sorted(
        (o[1], o[2] or END)
        for o in year.told.outages
        if o[0] == device and o[3] != "planned" and o[4] == "hard"
    )
    merged: list[list[int]] = []
    for start, end in pieces:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    for period in PERIODS:
        mine = [span for span in merged if period[0] <= span[0] < period[1]]
        seen = counted(year, device, period)
        assert len(failures(seen.outages, period, END)) == len(mine)
        mttr = figures.mttr(seen.outages, period, [OFF], END)
        assert mttr.n == len(mine)
        if mine:
            minutes = sum(end - start for start, end in mine) / MINUTE
            assert mttr.value == pytest.approx(minutes / 60 / len(mine))
        mtbf = figures.mtbf(seen.covered, len(mine))
        assert mtbf.is_sufficient == (len(mine) >= 2)
        if mtbf.is_sufficient:
            assert mtbf.value == pytest.approx(seen.covered.up / len(mine))


@pytest.mark.parametrize("device", DEVICES)
def test_plan_compliance_is_what_the_people_did(year: Year, device: str) -> None:
    for period in PERIODS:
        rows = [
            r for r in year.told.due.values()
            if r[0] == device and period[0] <= int(str(r[1])) < period[1]
        ]  # fmt: skip
        expected: dict[object, list[bool]] = {}
        in_use = 0
        for _, _, late, done, why, risk in rows:
            in_use += why == "in_use"
            over = done is not None or why != "" or int(str(late)) <= END
            if why != "in_use" and over:
                on_time = done is not None and int(str(done)) <= int(str(late))
                expected.setdefault(risk, []).append(on_time)
        due = counted(year, device, period).due
        found = figures.compliance(due, period, END)
        assert {k: f.n for k, f in found.items() if f.n} == {k: len(v) for k, v in expected.items()}
        for risk, results in expected.items():
            assert found[str(risk)].value == pytest.approx(100 * sum(results) / len(results))
        assert figures.apart(due, period)["in_use"] == in_use


@pytest.mark.parametrize("device", DEVICES)
def test_first_time_fixes_and_failures_after_maintenance(year: Year, device: str) -> None:
    mine = [f for f in year.told.fixes if f[0] == device]
    for period in PERIODS:
        seen = counted(year, device, period)
        proved = [f for f in mine if period[0] <= f[3] < period[1] and f[3] + THIRTY_DAYS <= END]
        good = 0
        for fix in proved:
            again = [f for f in mine if fix[3] <= f[2] < fix[3] + THIRTY_DAYS and f[1] == fix[1]]
            good += fix[4] == 1 and not again
        figure = figures.first_time_fix(seen.fixes, period, END)
        assert figure.n == len(proved)
        if len(proved) >= 5:
            assert figure.value == pytest.approx(100 * good / len(proved))
        else:
            assert not figure.is_sufficient
        served = [
            t for d, t in year.told.serviced
            if d == device and period[0] <= t < period[1] and t + THIRTY_DAYS <= END
        ]  # fmt: skip
        bad = sum(any(t <= f[2] < t + THIRTY_DAYS for f in mine) for t in served)
        after = figures.post_maintenance_failures(seen.maintained, seen.failed, period, END)
        assert after.n == len(served)
        assert after.value == (100 * bad / len(served) if len(served) >= 5 else None)


@pytest.mark.parametrize("device", DEVICES)
def test_money_is_counted_where_it_was_spent(year: Year, device: str) -> None:
    for period in PERIODS:
        seen = counted(year, device, period)
        spent = sum(m for d, t, m in year.told.money if d == device and period[0] <= t < period[1])
        days = sum(
            at("2025-03-01 00:00") <= START + day * DAY
            and period[0] <= START + day * DAY < period[1]
            for day in range(365)
        )
        share = 3_652_500 / 2 * days / 365.25  # two devices under one contract
        assert seen.cost_cents == pytest.approx(spent + share, abs=1)
        lost = [x for x in year.told.lost if x[0] == device and period[0] <= x[1] < period[1]]
        figure = figures.cost_of_downtime(seen.losses, 2500)
        assert figure.n == len(lost)
        expected = sum(cases * 2500 + extra for _, _, cases, extra in lost) / 100
        assert figure.value == (pytest.approx(expected) if lost else None)
    ratio = figures.cost_of_service_ratio(counted(year, device, (START, END)).cost_cents, 20_000_000, (START, END))  # fmt: skip
    assert ratio.value == pytest.approx(
        100 * counted(year, device, (START, END)).cost_cents * 365.25 / 365 / 20_000_000
    )


def test_the_months_add_up_to_the_year(year: Year) -> None:
    for device in DEVICES:
        months = [counted(year, device, period) for period in PERIODS[:-1]]
        whole = counted(year, device, PERIODS[-1])
        total = months[0].covered
        for month in months[1:]:
            total += month.covered
        assert total.up == pytest.approx(whole.covered.up)
        assert sum(m.cost_cents for m in months) == pytest.approx(whole.cost_cents, abs=12)


def test_the_clock_of_every_ticket_is_what_the_grid_counts(year: Year) -> None:
    covered = grid(
        [
            (START + day * DAY + 9 * HOUR, START + day * DAY + 17 * HOUR)
            for day in range(365)
            if (from_ms(START + day * DAY, KABUL) + timedelta(hours=1)).strftime("%a")
            in ("Sun", "Mon", "Tue", "Wed", "Thu")
        ]
    )
    with year.house.look() as db:
        contract = stored.contract_of(db, "ct-1")
        promise = sla.promise_of(contract, KABUL)
        assert promise is not None
        for number, steps in year.told.cases:
            rows = [sla.Step(s.state, s.at) for s in stored.ticket_steps(db, number)]
            assert [(step.state, step.at) for step in rows] == steps
            running = [(a[1], b[1]) for a, b in pairwise(steps) if a[0] in ("sent", "acknowledged")]
            if steps[-1][1] > END:
                continue  # beyond the grid
            clock = sla.resolution_clock(rows, promise, END)
            assert clock.used == covered[grid(running)].sum() * MINUTE
            assert clock.is_broken == (clock.used > 16 * HOUR)
            first = sla.response_clock(rows, promise, END)
            sent, answered = steps[1][1], steps[2][1]
            assert first.used == (covered & grid([(sent, answered)])).sum() * MINUTE
            assert first.is_broken == (first.used > 4 * HOUR)


def test_the_shelf_holds_what_came_less_what_went(year: Year) -> None:
    with year.house.look() as db:
        assert stored.stock(db) == dict(year.told.shelf)
        assert len(stored.moves(db, part="fan")) == 51 - year.told.shelf["fan"]


def test_every_daily_check_was_due_when_a_working_day_opened_and_once_a_day(year: Year) -> None:
    with year.house.look() as db:
        daily = [o for o in stored.occurrences(db, START, END) if o.plan == "ct_daily"]
    due = [from_ms(one.due_at, KABUL) for one in daily]
    assert {moment.strftime("%H:%M") for moment in due} == {"08:00"}
    assert "Fri" not in {moment.strftime("%a") for moment in due}
    days = [moment.date() for moment in due]
    assert len(set(days)) == len(days)
    working = [START + d * DAY for d in range(365) if (START + d * DAY) >= START]
    expected = sum(
        (from_ms(t, KABUL) + timedelta(hours=1)).strftime("%a") != "Fri"
        and not OFF[0] <= t + 8 * HOUR < OFF[1]
        for t in working
    )
    assert len(days) >= 0.97 * expected
