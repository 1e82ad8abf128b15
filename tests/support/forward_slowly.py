"""Not a test: the process that test_forward.py kills. Forwards in small batches."""

import sys
from pathlib import Path

from core.schema.storage import Influx
from storage.influx.client import InfluxClient
from storage.influx.forward import Forwarder
from storage.influx.state import ForwardState, target_of
from storage.series import SeriesReader
from tests.storage.influx.cast import SITE, T0


def run(url: str, database: str, folder: Path) -> None:
    """Forward until all is sent, saying when it begins."""
    settings = Influx(url=url, bucket=database)
    state = ForwardState(folder / "forward.db", target_of(settings, SITE))
    series = SeriesReader(folder / "series.db")
    forwarder = Forwarder(series, InfluxClient(settings), state, SITE, batch=100)
    sys.stdout.write("began\n")
    sys.stdout.flush()
    while forwarder.step(T0) == "more":
        pass
