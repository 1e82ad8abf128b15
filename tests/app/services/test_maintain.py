"""The maintenance loop: what is due is opened once, downtime follows the alerts, killed or not."""

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.services import maintain as loop
from core.time.clock import DAY, HOUR
from maintenance.downtime import from_alerts
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import T0, House
from tests.support.kill_at import is_killed_at

NOW = T0 + 2 * DAY
FAULTS = [(T0 + hour * HOUR, T0 + hour * HOUR + 40 * 60_000) for hour in (1, 4, 9, 20)]


@pytest.fixture
def house(tmp_path: Path, made_records_url: str) -> Iterator[House]:
    """Two days passed in which nothing was followed or planned but the first occurrences."""
    house = House(tmp_path, made_records_url)
    house.planner.round(T0)
    for start, end in FAULTS:
        house.hot("ct-1", start, end, follow=False)
    house.hot("ct-1", NOW - HOUR, None, follow=False)
    house.records.close()
    house.writer.close()
    yield house
    house.records.close()


@pytest.fixture
def once(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The whole command `scanward maintain --once`, at that moment."""
    monkeypatch.setattr(loop, "now", lambda: NOW)
    monkeypatch.setattr(from_alerts, "PAGE", 3)
    return lambda: loop.maintain(house.site, threading.Event(), once=True)


def outcome(house: House) -> tuple[list[tuple[int, int | None]], list[str]]:
    """Downtime of the CT, and which orders are open."""
    with house.look() as db:
        pieces = downtime_rows.downtimes(db, 0, NOW + 1, "ct-1")
        orders = [f"{order.device}: {order.title}" for order in order_rows.orders(db)]
        return [(piece.began_at, piece.ended_at) for piece in pieces], sorted(orders)


EXPECTED = (
    [*FAULTS, (NOW - HOUR, None)],
    ["cbct-1: Daily check of the CBCT", "ct-1: Daily check of the CT"],
)


def test_what_is_due_is_opened_and_downtime_follows_the_alerts(
    house: House, once: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        once()
    assert outcome(house) == EXPECTED
    assert [r.getMessage() for r in caplog.records if r.name == "app.services.maintain"] == [
        "opened 2 work orders"
    ]
    once()
    assert outcome(house) == EXPECTED
    assert (house.site.file.storage.folder / loop.ALIVE).exists()  # docker-compose looks at its age


@pytest.mark.servers
def test_killed_anywhere_it_goes_on_and_nothing_is_there_twice(
    house: House, once: Callable[[], None]
) -> None:
    kills = 0
    while is_killed_at(kills * 6, once):
        kills += 1
    assert kills > 5
    assert outcome(house) == EXPECTED


def test_it_runs_until_it_is_told_to_stop(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    monkeypatch.setattr(loop, "now", lambda: NOW)
    running = threading.Thread(target=loop.maintain, args=(house.site, stop))
    running.start()
    stop.wait(1.5)
    stop.set()
    running.join(10)
    assert not running.is_alive()
    assert outcome(house) == EXPECTED
