"""Readings out of the store into a file, a page at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import ConfigError, Mistake
from core.readings import Reading
from storage.exchange import lineprotocol
from storage.files.atomic import translated, whole_file
from storage.series import SeriesReader


def _write_parquet(path: Path, readings: Iterable[Reading]) -> int:
    from storage.exchange import parquet  # pyarrow takes long to import

    return parquet.write(path, readings)


WRITERS = {".parquet": _write_parquet, ".lp": lineprotocol.write}
PAGE = 20_000


def export(
    series: SeriesReader, path: Path, devices: list[str], metric: str | None, since: int
) -> int:
    """Write raw readings at or after `since`; how many. The file appears when it is whole."""
    if path.suffix not in WRITERS:
        raise ConfigError([Mistake(str(path), "", f"name it {' or '.join(WRITERS)}")])
    readings = (
        reading
        for device in devices
        for name in _metrics(series, device, metric)
        for reading in history(series, device, name, since)
    )
    with translated("nothing was exported"), whole_file(path) as part:
        return WRITERS[path.suffix](part, readings)


def history(
    series: SeriesReader, device: str, metric: str, since: int, page: int = PAGE
) -> Iterator[Reading]:
    """All raw readings of a metric, oldest first, with one page in memory.

    Components share moments, so the last moment of a full page may go on in the next one: it is
    left to that.
    """
    while True:
        rows = series.readings(device, metric, since, page)
        if len(rows) < page:
            yield from rows
            return
        last = rows[-1].at
        if rows[0].at == last:
            page *= 2  # more components than the page is long
            continue
        for row in rows:
            if row.at < last:
                yield row
        since = last


def _metrics(series: SeriesReader, device: str, metric: str | None) -> list[str]:
    names = {reading.metric for reading in series.latest(device)}
    return sorted(names if metric is None else names & {metric})
