"""A store to forward from, a database to forward to, and the way to look at both."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.readings import Batch, Event, Reading
from core.time.clock import SECOND
from storage.influx.client import InfluxClient
from storage.influx.forward import Forwarder
from storage.influx.reader import InfluxReader
from storage.influx.state import ForwardState, target_of
from storage.series import SeriesReader, SeriesWriter
from tests.support.influxdb import Server

T0 = 1_760_000_400_000  # a whole hour, 2025-10-09 09:00 UTC
SITE = "herat"


def helium(value: float, at: int, component: str = "") -> Reading:
    """A reading of the magnet."""
    return Reading("mri-2", "helium_level_pct", value, at, component)


def numbered(first: int, last: int, every: int = SECOND) -> list[Reading]:
    """Readings that each have their own value and time, over ten series."""
    return [
        Reading(f"ct-{n % 10}", "number_count", float(n), T0 + n * every)
        for n in range(first, last)
    ]


@dataclass
class Way:
    """From a series database to one bucket."""

    server: Server
    database: str
    folder: Path
    batch: int = 5_000
    more: dict[str, object] = field(default_factory=dict)

    def store(self, readings: Iterable[Reading], events: Iterable[Event] = ()) -> None:
        """What a collector does: a commit for every hundred readings."""
        waiting, said = list(readings), list(events)
        writer = SeriesWriter(self.folder / "series.db")
        while waiting or said:
            writer.append([Batch(waiting[:100], said)])
            waiting, said = waiting[100:], []
        writer.close()

    @contextmanager
    def forwarder(self, client: InfluxClient | None = None) -> Iterator[Forwarder]:
        """A forwarder as after a start of the process."""
        client = client or self.server.client(self.database, **self.more)
        state = ForwardState(self.folder / "forward.db", target_of(client.settings, SITE))
        series = SeriesReader(self.folder / "series.db")
        try:
            yield Forwarder(series, client, state, SITE, self.batch, chance=lambda: 1.0)
        finally:
            client.close()
            state.close()

    def drain(self) -> None:
        """Forward all there is."""
        with self.forwarder() as forwarder:
            while forwarder.step(T0) == "more":
                pass
            assert forwarder.error is None, forwarder.error

    def reader(self, site: str = SITE) -> InfluxReader:
        """Who reads what arrived."""
        return InfluxReader(self.server.client(self.database), site)

    def arrived(self) -> list[float]:
        """Every value of `numbered` that the server has, by its own account."""
        answer = self.server.ask('select "value" from "readings" order by time', self.database)
        series = answer["results"][0].get("series", [{"values": []}])  # type: ignore[index]
        return [float(row[1]) for row in series[0]["values"]]
