"""What the series store holds of a device's plug, and of its work by DICOM."""

from collections.abc import Callable

import numpy as np

from collectors.plug_use.counted import counted
from collectors.plug_use.fit import Counted
from collectors.plug_use.learn import learn
from collectors.plug_use.metrics import EXAMINATIONS, METRICS, POWER, TEACHER
from collectors.plug_use.model import LEARNS_FROM, PlugModel
from collectors.plug_use.power_curve import PowerCurve, power_curve
from core.schema.site import Site
from core.time.clock import DAY
from storage.series.raw_columns import RawColumns, raw_columns

ARRIVES = (
    DAY  # after so long the PACS has what it gets; the newest day is not learned from. Engineering
)


def read_curve(site: Site, device: str, start: int, end: int) -> PowerCurve:
    """The device's power over [start, end), UTC ms; of its phases the sum."""
    columns = raw_columns(site.series_path, device, POWER, start, end)
    return power_curve([(own.at, own.value) for own in columns.values() if len(own.at)])


def read_counted(site: Site, device: str, start: int, end: int) -> dict[str, Counted]:
    """What DICOM has told over that time, by metric."""
    amounts = {}
    for metric in METRICS:
        own = raw_columns(site.series_path, device, metric, start, end).get(TEACHER)
        if own is not None and len(own.at) > 1:
            amounts[metric] = counted(metric, own.at, own.value, site.zone)
    return amounts


def read_counter(site: Site, device: str, start: int, end: int) -> RawColumns:
    """DICOM's examinations so far, in [start, end] (UTC ms)."""
    columns = raw_columns(site.series_path, device, EXAMINATIONS, start, end + 1)
    return columns.get(TEACHER, RawColumns(np.empty(0, np.int64), np.empty(0)))


def learn_now(
    site: Site, device: str, now: int, is_stopping: Callable[[], bool] = lambda: False
) -> PlugModel | str:
    """The model of a device from what is stored of it, or why there is none."""
    end = now - ARRIVES
    amounts = read_counted(site, device, end - LEARNS_FROM, end)
    if EXAMINATIONS not in amounts:
        return "no examinations are known from DICOM to learn from"
    curve = read_curve(site, device, end - LEARNS_FROM, end)
    return learn(device, curve, amounts, now, is_stopping)
