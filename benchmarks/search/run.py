"""How long a search takes in the orders and messages of decades, beside plain LIKE in the same run.

    python -m benchmarks.search.run [--orders 70000] [--tickets 10000]

Each ticket has three messages. The peer asks the same tables for the same words by LIKE, all of them, newest
first, as one would without an index; it knows neither Arabic letters nor phrases.
"""

import argparse
import itertools
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from core.text.search_words import terms_of
from core.time.clock import HOUR
from maintenance.knowledge.search import matching_work
from storage.records import (
    OrderStep,
    Records,
    Ticket,
    TicketMessage,
    Vendor,
    WorkOrder,
    rebuild_search,
)
from storage.records.search import search

T0 = 1_200_000_000_000
SHOWN = 30
QUESTIONS = ("tube", "tube gantry", '"pump stopped"', "comp", "t", "e-4711", "تیوب گرم", "notthere")
COMMON = """the tube is hot after three patients gantry fan filter pump stopped chiller water flow measured
    table collimator detector board replaced cleaned oiled checked error log vendor asked for part came
    calibrated compressor cold head helium level line cable door interlock mains ups battery voltage""".split()  # noqa: SIM905
DARI = "تیوب گرم است دستگاه خاموش شد فیلتر پاک شد آب کم برق قطع پرزه تبدیل شد".split()  # noqa: SIM905


class Writer:
    """Sentences of a clinic, from a seed: some words in every second one, others once in a life."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        rare = [f"w{number:05d}" for number in range(20_000)]
        self._words = [*COMMON, *DARI, *rare]
        weights = (1 / (place + 3) for place in range(len(self._words)))
        self._weights = list(itertools.accumulate(weights))

    def sentence(self, words: int) -> str:
        chosen = self._random.choices(self._words, cum_weights=self._weights, k=words)
        code = f" E-{self._random.randrange(10_000)}"
        return " ".join(chosen) + code


def fill(records: Records, orders: int, tickets: int) -> None:
    """Straight into the tables; what a person writes in the years goes through the session."""
    pen = Writer()
    steps, numbers = [], range(1, orders + 1)
    rows = []
    for number in numbers:
        at = T0 + number * HOUR
        rows.append({
            "device": f"ct-{number % 20}", "kind": "corrective", "opened_by": "hand", "state": "done",
            "title": pen.sentence(4), "opened_at": at, "text": pen.sentence(15),
            "result": pen.sentence(15), "takes_down": False,
        })  # fmt: skip
        steps.append(
            {"order_id": number, "state": "done", "at": at, "who": "s", "note": pen.sentence(5)}
        )
    cases, messages = [], []
    for number in range(1, tickets + 1):
        at = T0 + number * 7 * HOUR
        cases.append({
            "token": str(number), "device": f"ct-{number % 20}", "vendor_id": "maker", "opened_at": at,
            "subject": pen.sentence(4), "opened_by": "s", "state": "closed", "text": pen.sentence(15),
        })  # fmt: skip
        messages += [
            {"ticket_id": number, "direction": "in", "at": at, "who": "v", "text": pen.sentence(30),
             "is_automatic": False}
            for _ in range(3)
        ]  # fmt: skip
    with records.changing() as connection:
        connection.execute(insert(Vendor), [{"id": "maker", "name": "Maker"}])
        for table, portion in (
            (WorkOrder, rows),
            (OrderStep, steps),
            (Ticket, cases),
            (TicketMessage, messages),
        ):
            connection.execute(insert(table), portion)


PEER = """
select 'order', o.id, o.opened_at from work_orders o where {order}
union all select 'ticket', t.id, t.opened_at from tickets t where {ticket}
order by 3 desc limit 30
"""


def like(db: Session, question: str) -> list[Any]:
    words = question.replace('"', "").split()
    order = " and ".join(
        f"(o.title || o.text || o.result like :w{n} or exists (select 1 from order_steps s where"
        f" s.order_id = o.id and s.note like :w{n}))"
        for n in range(len(words))
    )
    ticket = " and ".join(
        f"(t.subject || t.text like :w{n} or exists (select 1 from ticket_messages m where"
        f" m.ticket_id = t.id and m.text like :w{n}))"
        for n in range(len(words))
    )
    values = {f"w{n}": f"%{word}%" for n, word in enumerate(words)}
    return list(db.execute(text(PEER.format(order=order, ticket=ticket)), values))


def best_ms(ask: Callable[[], object]) -> float:
    """The best of three: others work on the machine."""
    spans = []
    for _ in range(3):
        began = time.perf_counter()
        ask()
        spans.append((time.perf_counter() - began) * 1000)
    return min(spans)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=70_000)
    parser.add_argument("--tickets", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.db"
        records = Records(f"sqlite:///{file}")
        records.upgrade()
        fill(records, options.orders, options.tickets)
        before = file.stat().st_size
        began = time.perf_counter()
        count = rebuild_search(records)
        print(f"index of {count} made in {time.perf_counter() - began:.1f} s,", end=" ")
        records.close()
        print(f"{(file.stat().st_size - before) / 1e6:.0f} MB beside {before / 1e6:.0f} MB")
        print(
            "| question | found | index | with excerpts, as the page shows it | LIKE | times better |"
        )
        print("|---|---|---|---|---|---|")
        for question in QUESTIONS:
            print(row(records, question))
        records.close()


def row(records: Records, question: str) -> str:
    terms = terms_of(question)
    with records.reading() as db:
        found = len(search(db, terms, count=SHOWN))
        index = best_ms(lambda: search(db, terms, count=SHOWN))
        page = best_ms(lambda: matching_work(db, terms, None, SHOWN))
        peer = best_ms(lambda: like(db, question))
    name = f"`{question}`"
    return (
        f"| {name} | {found} | {index:.1f} ms | {page:.0f} ms | {peer:.0f} ms | {peer / page:.1f} |"
    )


if __name__ == "__main__":
    main()
