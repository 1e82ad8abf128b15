"""What the series store holds of a device's plug, and of its work by DICOM."""

from collectors.plug_use.counted import counted
from collectors.plug_use.fit import Counted
from collectors.plug_use.metrics import METRICS, POWER, TEACHER
from collectors.plug_use.power_curve import PowerCurve, power_curve
from core.schema.site import Site
from core.time.clock import DAY
from storage.series.raw_columns import raw_columns

LEARNS_FROM = 28 * DAY  # four weeks, as the usual week has it elsewhere


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
