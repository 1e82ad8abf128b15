"""What is written down beside the work: examinations each evening, and how the assets are.

The numbers go through the outbox and the collector like any that a person reads from a panel; the
sheets come in as a file. Once a day somebody asks how the assets are.
"""

import asyncio
import random
from collections.abc import Callable, Iterator

from collectors.manual import sources
from core.readings import Batch
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.assets.register import conditions, import_path
from maintenance.planning.usage import EXAMINATIONS
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.series import SeriesWriter
from tests.maintenance.cast import House, at
from tests.support.year.expected_year import DEVICES, MONTHS, OFF, START, UNREAD, Told, weekday

NEW_CONSOLE = at("2025-08-17 08:00")  # of the CT: its number begins anew
OTHERS = {"processor-1": "Film processor", "us-2": "Old ultrasound", "lamp-1": "Theatre lamp"}
STATES = ("working", "limited", "down", "not_in_use", "retired")

Deed = tuple[int, Callable[[int], None]]


class Sink:
    """Where the collector puts what it took."""

    def __init__(self, writer: SeriesWriter) -> None:
        self._writer = writer

    async def append(self, batch: Batch) -> None:
        self._writer.append([batch])

    def position(self, key: str) -> str | None:
        return self._writer.position(key)


class Clerk:
    """Writes down; what was asked is kept in `seen`."""

    def __init__(self, house: House, told: Told, seed: int) -> None:
        self._house, self._told = house, told
        self._chance = random.Random(seed)
        self._number = {"ct-1": 41_200, "cbct-1": 7_000}
        self.seen: list[tuple[int, list[str]]] = []

    def deeds(self) -> Iterator[Deed]:
        """What will be done, and when."""
        yield START, self._begin
        yield NEW_CONSOLE, self._new_console
        for day in range(365):
            midnight = START + day * DAY
            if weekday(midnight) != "Fri":
                yield midnight + 20 * HOUR + 10 * MINUTE, self._evening
            if weekday(midnight) == "Sat":
                yield midnight + 7 * HOUR, self.collect
            if day % 12 == 5:
                yield midnight + 7 * HOUR, self._change_a_sheet
            yield midnight + self._chance.randrange(8 * 60, 22 * 60) * MINUTE, self._look

    def collect(self, now: int) -> None:
        """The collector takes what was typed."""

        async def once() -> None:
            for source in sources(self._house.site, Sink(self._house.writer), lambda: now):
                await source.once()

        asyncio.run(once())

    def _begin(self, now: int) -> None:
        for device in DEVICES:
            self._type(device, now)
            self._told.sheets.append((device, now, "working"))
        rows = [f"{asset},{name},working" for asset, name in OTHERS.items()]
        self._import(now, "id,name,condition", *rows)
        self._told.sheets += [(asset, now, "working") for asset in OTHERS]

    def _evening(self, now: int) -> None:
        """Each machine's examinations of the day; some evenings nobody reads its number."""
        for device in DEVICES:
            done = self._chance.randrange(4, 24)
            self._number[device] += done
            self._told.examined.append((device, now - 2 * HOUR, done))
            if self._chance.random() > 0.1 or _must_be_read(now):
                self._type(device, now)

    def _type(self, device: str, now: int) -> None:
        if OFF[0] <= now < OFF[1] or (device == "cbct-1" and UNREAD[0] <= now < UNREAD[1]):
            return
        value = float(self._number[device])
        number = EnteredValue(EXAMINATIONS, value, sure=value == 0)  # only a new console is asked
        with self._house.change(now, "technician") as tx:
            enter_readings(tx, device, [number], now)

    def _new_console(self, now: int) -> None:
        self._number["ct-1"] = 0
        self._type("ct-1", now)

    def _change_a_sheet(self, now: int) -> None:
        asset = self._chance.choice([*DEVICES, *OTHERS])
        state = self._chance.choice(STATES[:3] if asset in DEVICES else STATES)
        self._import(now, "id,condition", f"{asset},{state}")
        self._told.sheets.append((asset, now, state))

    def _import(self, now: int, *lines: str) -> None:
        path = self._house.path.with_name("sheets.csv")
        path.write_text("\n".join(lines) + "\n")
        with self._house.change(now, "manager") as tx:
            import_path(tx, path)

    def _look(self, now: int) -> None:
        with self._house.look() as db:
            self.seen.append((now, list(conditions(db, now).values())))


def _must_be_read(now: int) -> bool:
    """The last evening before a month's turn, and before the new console."""
    return any(0 < turn - now < 2 * DAY for turn in (*MONTHS, NEW_CONSOLE))
