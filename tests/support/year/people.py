"""Runs the year: what machines and people do, each at its minute, through the production code.

What follows from one visit or one call is written in one transaction, as at the end of a day's work.
"""

import heapq
import random
from collections.abc import Callable
from itertools import count

from alerts.evaluation.acknowledge import acknowledge
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.planning import SkipKind
from core.vocabulary.tickets import TicketState
from maintenance.parts import stock
from maintenance.planning.tasks import skip
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders import states
from maintenance.work_orders.answers import measure, tick
from maintenance.work_orders.completion import complete, return_to_service, sign_off
from maintenance.work_orders.costs import add_cost, add_labour
from maintenance.work_orders.lifecycle import begin, hold
from maintenance.work_orders.opening import add_order, open_for_alert
from storage.records import WorkOrder
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask
from storage.records.transaction import Transaction
from tests.maintenance.cast import House, later
from tests.support.year.clerk import Clerk
from tests.support.year.expected_year import DEVICES, END, OFF, START, Due, Fix, Outage, Told
from tests.support.year.furniture import furnish

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
        furnish(house=self.house, told=self.told)
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
        why: SkipKind = "in_use" if self._luck.random() < 0.7 else "not_located"
        with self.house.change(now, "technician") as tx:
            skip(tx, occurrence, why, "busy, or away")
        self.told.due[occurrence].why_not = why

    def _carry_out(self, occurrence: int, number: int, now: int) -> None:
        minutes = self._chance.randrange(10, 90)
        end = now + minutes * MINUTE
        with self.house.change(now, "technician") as tx:
            if states.get(tx.db, number).state == "cancelled":
                return  # missed: the next was due before anybody came
            order = begin(tx, number)
            tx = later(tx, end)
            self._answer(tx, order)
            add_labour(tx, number, began_at=now, minutes=minutes, cost_cents=minutes * 7)
            complete(tx, number)
            tx = later(tx, end, "engineer")
            if order.takes_down:
                return_to_service(tx, number, "phantom")
            sign_off(tx, number)
            device, takes_down = order.device, order.takes_down
        self.told.money.append((device, now, minutes * 7))
        self.told.due[occurrence].done = end
        if takes_down:
            self.told.serviced.append((device, end))
            self.told.outages.append(Outage(device, now, end, "planned", "hard"))

    def _answer(self, tx: Transaction, order: WorkOrder) -> None:
        for item in order.items:
            if item.metric and item.low is not None:
                value = item.low if item.high is None else (item.low + item.high) / 2
                measure(tx, order.id, item.item, value)
            else:
                tick(tx, order.id, item.item, "not_applicable" if item.metric else "ok")

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
        if self._chance.random() < 0.2:  # it cools down before anybody comes
            self.told.raised.append(("ct-1", start + HOT, None))
            self.told.outages.append(
                Outage("ct-1", start, end, "mains" if mains else "machine", "hard")
            )
            self._cool_down(end, mains=mains)
            return
        came, begin_at = start + 10 * MINUTE, start + 20 * MINUTE
        number = self._order_for_the_heat(start, came)
        with self.house.change(begin_at, "engineer") as tx:
            begin(tx, number)
        visits, edges, causes = 1, [start], ["mains" if mains else "machine"]
        if end - start > 4 * HOUR:
            visits, hold_at, again = 2, begin_at + HOUR, end - HOUR
            self._wait_for_a_fan(number, hold_at, again)
            edges += [hold_at, again]
            causes += ["waiting_part", "machine"]
        for left, right, why in zip(edges, [*edges[1:], end], causes, strict=True):
            self.told.outages.append(Outage("ct-1", left, right, why, "hard"))
        self._cool_down(end, mains=mains)
        self._finish(number, Fix("ct-1", "gantry_hot", came, end, visits))
        if self._chance.random() < 0.3:
            self._ticket(number, came)

    def _order_for_the_heat(self, start: int, came: int) -> int:
        """Some acknowledge the alert before they open its order, the others by opening it."""
        with self.house.look() as db:
            [alert] = [
                a for a in alert_rows.firing_at(db, ["ct-1"], came) if a.rule == "gantry_hot"
            ]
        taken = start + self._luck.randrange(6, 40) * MINUTE
        if taken < came:
            with self.house.change(taken, "engineer") as tx:
                acknowledge(tx, alert.id)
        self.told.raised.append(("ct-1", start + HOT, min(taken, came)))
        with self.house.change(came, "engineer") as tx:
            return open_for_alert(tx, alert.id).id

    def _cool_down(self, end: int, *, mains: bool) -> None:
        self.house.read("ct-1", "gantry_temp_c", 25.0, end)
        if mains:
            self.house.read("ups-1", "on_battery_s", 0.0, end)
        self.house.judge(end)

    def _wait_for_a_fan(self, number: int, hold_at: int, again: int) -> None:
        with self.house.change(hold_at, "engineer") as tx:
            hold(tx, number, "waiting_part")
        with self.house.change(again, "engineer") as tx:
            begin(tx, number)
            self._fans(tx, "used", again, number)
            if self._luck.random() < 0.3:  # it was not the fan
                self._fans(tx, "returned", again + 30 * MINUTE, number)

    def _fans(self, tx: Transaction, kind: StockMoveKind, now: int, order: int) -> None:
        stock.move(tx.db, "fan", kind, 1, by="engineer", now=now, order_id=order)
        sign = 1 if kind == "used" else -1
        self.told.moves += 1
        self.told.shelf["fan"] -= sign
        self.told.money.append(("ct-1", now, sign * 12_050))

    def _told_by_hand(self, start: int, end: int) -> None:
        """Somebody says that the CBCT can only be used in part, or not at all."""
        extent: DowntimeExtent = "partial" if self._chance.random() < 0.4 else "hard"
        with self.house.change(start, "technician") as tx:
            order = WorkOrder(
                device="cbct-1",
                kind="corrective",
                opened_by="fault",
                title="It does not turn",
                opened_at=start,
                fault="arm",
            )
            number = add_order(tx, order, down=extent).id
        with self.house.change(start, "engineer") as tx:
            begin(tx, number)
        self.told.outages.append(Outage("cbct-1", start, end, "machine", extent))
        self._finish(number, Fix("cbct-1", "arm", start, end, 1))

    def _finish(self, number: int, fix: Fix) -> None:
        end, bill = fix.done, self._chance.randrange(100, 90_000)
        minutes = self._luck.randrange(10, 40)
        at_work = end - minutes * MINUTE
        with self.house.change(end, "engineer") as tx:
            add_labour(
                tx, number, who="sara", began_at=at_work, minutes=minutes, cost_cents=minutes * 11
            )
            complete(tx, number, result="mended")
            add_cost(tx, number, bill, "transport")
            return_to_service(tx, number, "phantom")
            sign_off(tx, number)
            first = downtime_rows.downtimes_of_order(tx.db, number)[0]
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
