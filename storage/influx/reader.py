"""Reading the series from InfluxDB: what SeriesReader answers, in InfluxQL."""

from collections.abc import Iterator, Sequence
from typing import cast

from core.readings import Event, Reading
from core.time.clock import HOUR, MINUTE
from core.vocabulary.readings import Quality
from core.vocabulary.severity import Severity
from storage.influx.client import Cell, InfluxClient
from storage.line_protocol import decode_tag, encode_tag
from storage.series import Curve, Point

# A chart of n points may be drawn from up to this many times n raw readings, as from SQLite.
RAW_PER_POINT = 4
_MOST_WITHDRAWN = 100  # one after the other


class InfluxReader:
    """Reads one site of a bucket: what has been forwarded, no more."""

    def __init__(self, client: InfluxClient, site: str) -> None:
        self._client = client
        self._site = site

    def latest(self, device: str | None = None, until: int | None = None) -> list[Reading]:
        """The newest reading of every series, or of one device's; of those up to `until`, UTC ms."""
        where = self._where(device=device)
        if until is not None:
            where += f" and time <= {until}ms"
        tables = self._client.query(
            f'select last("value"), "quality" from "readings" where {where}'
            ' group by "component", "device", "metric"'
        )
        readings = [
            _reading(decode_tag(tags["device"]), decode_tag(tags["metric"]), row)
            for tags, rows in tables
            for row in ([*rows[0], tags.get("component")],)
        ]
        readings = [
            left
            for reading in readings
            for left in (self._before(reading) if _is_withdrawn(reading.quality) else [reading])
        ]
        return sorted(
            readings, key=lambda reading: (reading.device, reading.metric, reading.component)
        )

    def range(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        """The curve of one series over [start, end), drawn with about `points` points."""
        where = self._where(device=device, metric=metric, component=component)
        most = points * RAW_PER_POINT
        raw = list(
            self._rows(
                f'select "value", "quality" from "readings" where {where}'
                f" and {_between(start, end)} limit {most + 1}"
            )
        )
        if len(raw) <= most:
            drawn = [
                Point(_int(at), _f(value), _f(value), _f(value), 1)
                for at, value, quality in raw
                if not _is_withdrawn(quality)
            ]
            return Curve(drawn, "raw", 0)
        level, finest = ("minutes", MINUTE) if end - start < points * HOUR else ("hours", HOUR)
        width = max(-(-(end - start) // (points * finest)), 1) * finest
        rows = self._rows(
            'select mean("value"), min("value"), max("value"), count("value") from "readings"'
            f" where {where} and {_between(start // width * width, end)}"
            f" group by time({width}ms) fill(none)"
        )
        drawn = [Point(_int(at), _f(mean), _f(lo), _f(hi), _int(n)) for at, mean, lo, hi, n in rows]
        return Curve(drawn, level, width)

    def readings(self, device: str, metric: str, since: int, limit: int = 10_000) -> list[Reading]:
        """Raw readings of a metric, every component, at or after `since`, oldest first."""
        where = self._where(device=device, metric=metric)
        rows = self._rows(
            f'select "value", "quality", "component" from "readings" where {where}'
            f" and time >= {since}ms order by time limit {limit}"
        )
        readings = [_reading(device, metric, row) for row in rows]
        return [reading for reading in readings if not _is_withdrawn(reading.quality)]

    def _before(self, reading: Reading) -> list[Reading]:
        """The newest that was not withdrawn before a reading of its series; none, or one."""
        device, metric, _, at, component, _ = reading
        where = self._where(device=device, metric=metric, component=component)
        rows = self._rows(
            f'select "value", "quality", "component" from "readings" where {where}'
            f" and time < {at}ms order by time desc limit {_MOST_WITHDRAWN}"
        )
        earlier = [_reading(device, metric, row) for row in rows]
        return [left for left in earlier if not _is_withdrawn(left.quality)][:1]

    def events(self, device: str, start: int, end: int, limit: int = 200) -> list[Event]:
        """Events of one device in [start, end), newest first."""
        rows = self._rows(
            'select "kind", "text", "severity", "component", "code", "quality" from "events"'
            f" where {self._where(device=device)} and {_between(start, end)}"
            f" order by time desc limit {limit}"
        )
        return [_event(device, row) for row in rows]

    def _rows(self, influxql: str) -> Iterator[Sequence[Cell]]:
        for table in self._client.query(influxql):
            yield from table.rows

    def _where(self, **tags: str | None) -> str:
        """The condition that tags have these values. An absent tag equals the empty text; None: any."""
        conditions = {"site": self._site, **tags}
        return " and ".join(
            f"\"{name}\" = '{_quoted(encode_tag(text))}'"
            for name, text in conditions.items()
            if text is not None
        )


def _quoted(text: str) -> str:
    return text.replace("'", r"\'")  # of backslashes a tag has none


def _between(start: int, end: int) -> str:
    return f"time >= {start}ms and time < {end}ms"


def _reading(device: str, metric: str, row: Sequence[Cell]) -> Reading:
    at, value, quality, component = row
    return Reading(device, metric, _f(value), _int(at), _tag(component), _quality(quality))


def _event(device: str, row: Sequence[Cell]) -> Event:
    at, kind, text, severity, component, code, quality = row
    level = cast(Severity, severity)  # only the forwarder wrote it
    component = _tag(component)
    code = str(code or "")
    return Event(device, _tag(kind), str(text), _int(at), level, component, code, _quality(quality))


def _is_withdrawn(cell: Cell) -> bool:
    return cell == "withdrawn"


def _tag(cell: Cell) -> str:
    return decode_tag(str(cell or ""))


def _quality(cell: Cell) -> Quality:
    return cast(Quality, cell or "good")


def _int(cell: Cell) -> int:
    return int(cell or 0)


def _f(cell: Cell) -> float:
    return float(cell or 0)
