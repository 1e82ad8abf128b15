"""What is to be done in a power cut goes with its incident: told once, then when it has changed."""

from collections.abc import Sequence

from alerts.power import PowerPlan, changed, has_turned, make_plan, read_situation
from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import HOUR, MINUTE
from storage.records import Alert
from storage.records.incidents import Notice
from storage.series import SeriesReader

# Two updates are at least so far apart, then twice as far each time: people must act by one before they
# read the next. That the mains has gone or come is told at once. Engineering.
UPDATE_EVERY, LONGEST_PAUSE = 3 * MINUTE, HOUR


def is_power_cut(site: Site, alert: Alert) -> bool:
    """The alert explains the whole site: it runs on battery."""
    rule = site.rule(alert.device, alert.rule)
    return rule is not None and rule.reach == "site"


def power_plan(site: Site, now: int) -> PowerPlan | None:
    """The plan at `now`, UTC ms; None if the readings cannot be read: the alert goes without it."""
    try:
        return make_plan(read_situation(site, SeriesReader(site.series_path), now))
    except StoreError:
        return None


def is_update_due(plan: PowerPlan | None, notices: Sequence[Notice], now: int) -> bool:
    """Does the plan differ from the one that was given last? `notices` the oldest first."""
    given = [notice for notice in notices if notice.plan]
    if plan is None or plan.mains == "unknown" or not given or notices[-1].kind == "over":
        return False  # a UPS that does not answer for a moment is no news
    updates = sum(notice.kind == "update" for notice in given)
    pause = min(UPDATE_EVERY << min(updates, 10), LONGEST_PAUSE)
    if has_turned(given[-1].plan, plan):
        pause = UPDATE_EVERY
    return now - given[-1].at >= pause and changed(given[-1].plan, plan)
