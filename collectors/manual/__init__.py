"""Readings that people enter, as a source like any other."""

from collectors.manual.source import sources

__all__ = ["sources"]
