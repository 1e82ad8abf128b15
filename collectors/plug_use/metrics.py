"""What is read from a plug, and from which features of its curve. Pure."""

from collectors.plug_use.power_curve import Floats
from collectors.plug_use.spans import Seen

POWER = "mains_power_w"
COMPONENT = "plug"
TEACHER = "dicom"  # the component of what it is learned from

EXAMINATIONS = "examination_count"
TUBE_LOAD, TIME_IN_USE = "scan_load_kj", "scan_load_pct"  # of an hour
BUSY = "busy_min"  # of a local day
HOURLY = (TUBE_LOAD, TIME_IN_USE)
UNARCHIVED = "unarchived_examination_count"  # of the last day
METRICS = (EXAMINATIONS, *HOURLY, BUSY)


def features_for(metric: str, seen: Seen) -> Floats:
    """What the metric is a weighted sum of."""
    if metric == EXAMINATIONS:
        return seen.groups
    return seen.table if metric == BUSY else seen.work
