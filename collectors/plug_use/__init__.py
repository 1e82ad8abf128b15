"""Examinations and load out of a power plug's curve alone: the second witness."""

from collectors.plug_use.examination import examine
from collectors.plug_use.source import sources

__all__ = ["examine", "sources"]
