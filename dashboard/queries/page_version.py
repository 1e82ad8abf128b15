"""Whether an open page has something new to show; so cheap that every page asks each few seconds."""

from core.time.clock import MINUTE
from dashboard.queries import fleet as fleet_queries
from dashboard.queries.power import power_plan_if_read
from dashboard.views.page_version import Version, combined


def version(now: int, device: str = "") -> Version:
    """Of the page of all devices, or of one."""
    fleet, versions = fleet_queries.fleet(now), fleet_queries.versions()
    own = [versions[device]] if device in versions else list(versions.values())
    is_late = fleet.last_seen_at is None or now - fleet.last_seen_at > fleet_queries.LATE
    is_cut = power_plan_if_read() is not None
    loud = (fleet.trouble, fleet.hangs_since is None, fleet.is_catching_up, is_late, is_cut)
    return combined(own, loud, now // MINUTE)
