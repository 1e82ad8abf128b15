"""Collects what devices write into log files."""

from collectors.logfile.source import sources

__all__ = ["sources"]
