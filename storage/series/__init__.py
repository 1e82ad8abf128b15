"""Readings and events, in insertion order and by time. SQLite, one writing process, many readers.

An append writes one row of an append-only journal. Background steps compact the journal into one
compressed block per series and day and derive hours and days from it; what is drawn is blocks
merged with the tail of the journal that no block holds yet. See docs/decisions/0003-journal-and-blocks.md.
"""

from storage.series.curve import Curve, Point
from storage.series.quarantine import open_or_quarantine
from storage.series.reader import Page, SeriesReader
from storage.series.writer import SeriesWriter

__all__ = ["Curve", "Page", "Point", "SeriesReader", "SeriesWriter", "open_or_quarantine"]
