"""Collects what devices write into log files."""

from collectors.logfile.probing import probe
from collectors.logfile.source import sources

__all__ = ["probe", "sources"]
