"""A second home for the series: a forwarder that ships the journal to InfluxDB, and a reader."""

from storage.influx.client import InfluxClient
from storage.influx.errors import InfluxError, MisconfiguredError, RejectedError, RetryError
from storage.influx.forward import Forwarder
from storage.influx.reader import InfluxReader
from storage.influx.state import ForwardState, Status, status_of

__all__ = [
    "ForwardState",
    "Forwarder",
    "InfluxClient",
    "InfluxError",
    "InfluxReader",
    "MisconfiguredError",
    "RejectedError",
    "RetryError",
    "Status",
    "status_of",
]
