"""Readings and events, in insertion order and by time. SQLite, one writing process, many readers."""

from storage.series.reader import Curve, Page, Point, SeriesReader
from storage.series.writer import SeriesWriter

__all__ = ["Curve", "Page", "Point", "SeriesReader", "SeriesWriter"]
