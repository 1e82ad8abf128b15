"""The history of a demo, written by one process or by two."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.demo.backfill import store_in_second_process, store_in_this_process, write_history
from core.readings import Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY, MINUTE
from simulator.centre import Centre
from simulator.history import demo_faults
from storage.series import SeriesReader

SITE = Path(__file__).parents[3] / "config" / "demo.yaml"
# The newest reading of each series, as seed 7 has always given it: a faster simulation, or parsers
# put in order, change nothing of it. What changes the physics or a profile writes it anew:
# `python -m tests.app.demo.test_backfill`.
NEWEST = Path(__file__).with_name("newest_readings.txt")
END = 1_760_000_400_000


def stored_in(folder: Path) -> Site:
    site = load_site(SITE)
    storage = site.file.storage.model_copy(update={"folder": folder})
    return replace(site, file=site.file.model_copy(update={"storage": storage}))


def half_a_day(folder: Path, *, processes: int) -> list[Reading]:
    site, start = stored_in(folder), END - DAY // 2
    path = site.series_path
    centre = Centre(site, seed=7, start=start, faults=demo_faults(start, END))
    store = (
        store_in_this_process(site, path)
        if processes == 1
        else store_in_second_process(site, SITE, path)
    )
    with store as history:
        write_history(site, centre, END, history, lambda at: None)
    assert END - centre.at <= 10 * MINUTE
    return SeriesReader(path).since(0, 10**6).readings


def lines_of(readings: list[Reading]) -> list[str]:
    newest = {(r.device, r.metric, r.component): r.value for r in readings}
    return [f"{' '.join(name).strip()} {value!r}" for name, value in sorted(newest.items())]


@pytest.mark.servers  # as long as they take
def test_two_processes_write_the_same_as_one_in_the_same_order_of_time(tmp_path: Path) -> None:
    alone = half_a_day(tmp_path / "one", processes=1)
    together = half_a_day(tmp_path / "two", processes=2)
    assert len(alone) > 10_000
    assert alone == together
    assert lines_of(alone) == NEWEST.read_text(encoding="utf-8").splitlines()
    # A log's records lie within the step; everything else is of its beginning.
    steps = [reading.at for reading in together if reading.metric == "up"]
    assert steps == sorted(steps)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        lines = lines_of(half_a_day(Path(folder), processes=1))
    NEWEST.write_text("\n".join(lines) + "\n", encoding="utf-8")
