"""The history of a demo, told by one process or by two."""

from pathlib import Path

from app.demo.backfill import Twin, write_history
from core.readings import Reading
from core.schema.load import load_site
from core.time.clock import DAY, MINUTE
from simulator.centre import Centre
from simulator.history import demo_faults
from storage.series import SeriesReader, SeriesWriter

SITE = Path(__file__).parents[3] / "config" / "demo.yaml"
END = 1_760_000_400_000


def told(path: Path, *, with_twin: bool) -> list[Reading]:
    site, start = load_site(SITE), END - DAY // 2
    stories = tuple(demo_faults(start, END))
    writer = SeriesWriter(path)
    centre = Centre(site, seed=7, start=start, faults=stories)
    twin = Twin(SITE, 7, start, stories) if with_twin else None
    write_history(site, centre, END, writer, lambda at: None, twin)
    writer.close()
    assert END - centre.at <= 10 * MINUTE
    return SeriesReader(path).since(0, 10**6).readings


def test_two_processes_tell_the_same_in_the_same_order_of_time(tmp_path: Path) -> None:
    one = told(tmp_path / "one.db", with_twin=False)
    two = told(tmp_path / "two.db", with_twin=True)
    assert len(one) > 10_000
    assert sorted(one) == sorted(two)
    # A log's records lie within the step; everything else is of its beginning.
    steps = [reading.at for reading in two if reading.metric == "up"]
    assert steps == sorted(steps)
