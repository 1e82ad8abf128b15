"""Readings to and from files that other programs read: Parquet, and InfluxDB line protocol."""

from storage.exchange.export import export
from storage.exchange.intake import Imported, take_in

__all__ = ["Imported", "export", "take_in"]
