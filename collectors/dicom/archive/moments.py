"""Whether a moment that a PACS gives can be believed. Pure."""

from zoneinfo import ZoneInfo

from collectors.dicom.common.dicom_times import read_moment, read_offset
from core.time.clock import AHEAD

# 1 January 1990: no machine that is monitored was at work before, and a year of another calendar that
# is taken for one of ours (1404) lies before it or (2569) in the future. Scanward's default, no source.
OLDEST = 631_152_000_000


def moment(day: str, time: str, offset: str, zone: ZoneInfo) -> int | None:
    """UTC ms of a DA and a TM, of the site's wall clock unless there is an offset; None: they say none."""
    return read_moment(day, time, read_offset(offset) or zone)


def believable(at: int, now: int) -> bool:
    """Could something that is known now have been then?"""
    return OLDEST <= at <= now + AHEAD
