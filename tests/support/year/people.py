"""Runs the year: what machines and people do, each at its minute, through the production code.

What follows from one visit or one call is written in one transaction, as at the end of a day's work.
"""

import heapq
import random
from collections.abc import Callable
from itertools import count

from sqlalchemy.orm import Session

from alerts.evaluation.acknowledge import acknowledge
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.planning import SkipKind
from core.vocabulary.tickets import TicketState
from maintenance.assets import register as assets
from maintenance.parts import stock
from maintenance.planning import planner
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders import checklist
from maintenance.work_orders import lifecycle as orders
from storage.records import Component, Contract, Part, Vendor, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask
from storage.records.transaction import Transaction
from tests.maintenance.cast import House
from tests.support.year.clerk import Clerk
from tests.support.year.expected_year import DEVICES, END, OFF, START, Due, Fix, Outage, Told

TICKET: tuple[TicketState, ...] = (
    "sent",
    "acknowledged",
    "waiting_us",
    "acknowledged",
    "solved",
    "closed",
)
HOT = 6 * MINUTE  # after the first reading the second shows that it lasted five minutes
FAULTS_A_YEAR = {"ct-1": 40, "cbct-1": 30}


class Year:
    """A queue of what will happen; what happened is told as well as done."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.told = Told()
        self.clerk = Clerk(house, self.told, seed + 2)
        self._chance = random.Random(seed)
        self._luck = random.Random(seed + 1)  # of what does not change the course of the year
        self._queue: list[tuple[int, int, Callable[[int], None]]] = []
        self._tie = count()
        self._taken: set[int] = set()  # occurrences somebody has made up their mind about

    def at(self, when: int, what: Callable[[int], None]) -> None:
        heapq.heappush(self._queue, (when - when % MINUTE, next(self._tie), what))

    def run(self) -> None:
        self._begin()
        for day in range(365):
            morning = START + day * DAY + 8 * HOUR + 5 * MINUTE
            if not OFF[0] <= morning < OFF[1]:
                self.at(morning, self._plan)
        self._faults("ct-1", self._hot)
        self._faults("cbct-1", self._told_by_hand)
        for when, deed in self.clerk.deeds():
            self.at(when, deed)
        while self._queue:
            when, _, what = heapq.heappop(self._queue)
            if when < END:
                what(when)
        self.clerk.collect(END)

    def _begin(self) -> None:
        with self.house.write(START, "manager") as db:
            db.add(Vendor(id="vendor", name="Vendor"))
            db.flush()
            contract = Contract(
                vendor_id="vendor",
                number="C-1",
                starts_on="2025-03-01",
                ends_on="2026-02-28",
                days=["sun", "mon", "tue", "wed", "thu"],
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
            self.told.shelf["fan"], self.told.moves = 50, 1

    # What is planned ---------------------------------------------------------------------------

    def _plan(self, now: int) -> None:
        self.house.planner.round(now)
        with self.house.look() as db:
            asked = {one.id: one for one in task_rows.open_tasks(db) if one.device in DEVICES}
            opened = order_rows.orders_of_open_tasks(db)
            for number, due in self.told.due.items():
                if due.done is None and not due.why_not and number not in asked:
                    assert db.get_one(ScheduledTask, number).skip_kind == "missed"
                    due.why_not = "missed"
        for one in asked.values():
            due = self.told.due.setdefault(one.id, Due(one.device, one.risk_class))
            due.at, due.late = one.due_at, one.late_at
            if one.id in opened and one.id not in self._taken:
                self._taken.add(one.id)
                self._decide(one.id, opened[one.id].id, now, one.late_at)

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
        site = self.house.site
        why: SkipKind = "in_use" if self._luck.random() < 0.7 else "not_located"
        with self.house.write(now, "technician") as db:
            planner.skip(db, site, occurrence, why, "busy, or away", by="technician", now=now)
        self.told.due[occurrence].why_not = why

    def _carry_out(self, occurrence: int, number: int, now: int) -> None:
        minutes = self._chance.randrange(10, 90)
        end = now + minutes * MINUTE
        with self.house.write(end, "technician") as db:
            order = orders.get(db, number)
            if order.state == "cancelled":
                return  # missed: the next was due before anybody came
            orders.begin(db, number, by="technician", now=now)
            self._answer(db, order, end)
            orders.add_labour(
                db, number, who="technician", began_at=now, minutes=minutes, cost_cents=minutes * 7
            )
            orders.complete(db, number, by="technician", now=end)
            if order.takes_down:
                orders.return_to_service(db, number, by="engineer", now=end, check="phantom")
            orders.sign_off(db, number, by="engineer", now=end)
            device, takes_down = order.device, order.takes_down
        self.told.money.append((device, now, minutes * 7))
        self.told.due[occurrence].done = end
        if takes_down:
            self.told.serviced.append((device, end))
            self.told.outages.append(Outage(device, now, end, "planned", "hard"))

    def _answer(self, db: Session, order: WorkOrder, now: int) -> None:
        device = self.house.site.devices[order.device]
        for item in order.items:
            if item.metric and item.low is not None:
                value = item.low if item.high is None else (item.low + item.high) / 2
                args = (db, device, order.id, item.item, value)
                checklist.measure(*args, by="technician", now=now)
            else:
                answer: checklist.Plain = "not_applicable" if item.metric else "ok"
                checklist.tick(db, order.id, item.item, answer, by="technician", now=now)

    # What fails --------------------------------------------------------------------------------

    def _faults(self, device: str, happens: Callable[[int, int], None]) -> None:
        when = START + DAY
        while True:
            days = self._chance.expovariate(FAULTS_A_YEAR[device] / 365)
            when += round(days * DAY / MINUTE) * MINUTE + 4 * HOUR
            lasts = round(self._chance.lognormvariate(1.6, 1.0) * 60) * MINUTE + 40 * MINUTE
            if when + lasts + DAY >= OFF[0] and when < OFF[1] + DAY:
                when = OFF[1] + DAY  # what happens while Scanward is off is in test_downtime.py
                continue
            if when + lasts >= END - DAY:
                return
            self.at(when, lambda t, lasts=lasts: happens(t, t + lasts))  # type: ignore[misc]
            when += lasts

    def _hot(self, start: int, end: int) -> None:
        """An alert puts the CT out of service; an order follows, maybe a part, maybe the vendor."""
        mains = self._chance.random() < 0.25
        if mains:
            self.house.read("ups-1", "on_battery_s", 5.0, start)
        self.house.hot("ct-1", start, None)
        came, begin = start + 10 * MINUTE, start + 20 * MINUTE
        with self.house.write(begin, "engineer") as db:
            [alert] = [
                a for a in alert_rows.firing_at(db, ["ct-1"], came) if a.rule == "gantry_hot"
            ]
            taken = (
                None if self._luck.random() < 0.25 else start + self._luck.randrange(6, 40) * MINUTE
            )
            if taken is not None:
                acknowledge(Transaction(db, self.house.site, "engineer", taken), alert.id)
            self.told.raised.append(("ct-1", start + HOT, taken))
            number = orders.open_for_alert(db, alert.id, by="engineer", now=came).id
            orders.begin(db, number, by="engineer", now=begin)
        visits, edges, causes = 1, [start], ["mains" if mains else "machine"]
        if end - start > 4 * HOUR:
            visits, hold, again = 2, begin + HOUR, end - HOUR
            self._wait_for_a_fan(number, hold, again)
            edges += [hold, again]
            causes += ["waiting_part", "machine"]
        for left, right, why in zip(edges, [*edges[1:], end], causes, strict=True):
            self.told.outages.append(Outage("ct-1", left, right, why, "hard"))
        self.house.read("ct-1", "gantry_temp_c", 25.0, end)
        if mains:
            self.house.read("ups-1", "on_battery_s", 0.0, end)
        self.house.judge(end)
        self._finish(number, Fix("ct-1", "gantry_hot", came, end, visits))
        if self._chance.random() < 0.3:
            self._ticket(number, came)

    def _wait_for_a_fan(self, number: int, hold: int, again: int) -> None:
        with self.house.write(again, "engineer") as db:
            orders.hold(db, number, "waiting_part", by="engineer", now=hold)
            orders.begin(db, number, by="engineer", now=again)
            self._fans(db, "used", again, number)
            if self._luck.random() < 0.3:  # it was not the fan
                self._fans(db, "returned", again + 30 * MINUTE, number)

    def _fans(self, db: Session, kind: StockMoveKind, now: int, order: int) -> None:
        stock.move(db, "fan", kind, 1, by="engineer", now=now, order_id=order)
        sign = 1 if kind == "used" else -1
        self.told.moves += 1
        self.told.shelf["fan"] -= sign
        self.told.money.append(("ct-1", now, sign * 12_050))

    def _told_by_hand(self, start: int, end: int) -> None:
        """Somebody says that the CBCT can only be used in part, or not at all."""
        extent: DowntimeExtent = "partial" if self._chance.random() < 0.4 else "hard"
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
                down=extent,
            ).id
            orders.begin(db, number, by="engineer", now=start)
        self.told.outages.append(Outage("cbct-1", start, end, "machine", extent))
        self._finish(number, Fix("cbct-1", "arm", start, end, 1))

    def _finish(self, number: int, fix: Fix) -> None:
        end, bill = fix.done, self._chance.randrange(100, 90_000)
        minutes = self._luck.randrange(10, 40)
        at_work = end - minutes * MINUTE
        with self.house.write(end, "engineer") as db:
            orders.add_labour(
                db, number, who="sara", began_at=at_work, minutes=minutes, cost_cents=minutes * 11
            )
            orders.complete(db, number, by="engineer", now=end, result="mended")
            orders.add_cost(db, number, cost_cents=bill, text="transport", at=end)
            orders.return_to_service(db, number, by="engineer", now=end, check="phantom")
            orders.sign_off(db, number, by="engineer", now=end)
            first = downtime_rows.downtimes_of_order(db, number)[0]
            if self._chance.random() < 0.5:
                first.cases_lost, first.recovery_cents = 4, 5000
                self.told.lost.append((fix.device, first.began_at, 4, 5000))
        self.told.money += [(fix.device, end, bill), (fix.device, at_work, minutes * 11)]
        self.told.fixes.append(fix)

    def _ticket(self, order: int, opened: int) -> None:
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
            for state in TICKET:
                when += self._chance.randrange(5, 2000) * MINUTE
                tickets.move(db, ticket.id, state, by="engineer", now=when)
                steps.append((state, when))
            self.told.tickets.append((ticket.id, steps))
