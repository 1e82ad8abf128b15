"""How often a kind of alert was right at this site, and what that does to a detector. Pure.

People answer whether an alert was right. Before anybody has, an alert is taken to be right three
times in four, as strongly as four answers would say it (a Beta(3, 1) prior; Scanward's default, no
source). With more answers the share moves towards what was said.
"""

from collections.abc import Mapping

from core.schema.site import Site
from storage.records.feedback import Tally

RIGHT, WRONG = 3, 1  # answers that the prior is worth
USUAL = RIGHT / (RIGHT + WRONG)


def share_right(tally: Tally) -> float:
    """The expected share of right alerts, 0 to 1: the mean of the Beta posterior."""
    return (RIGHT + tally.true) / (RIGHT + WRONG + tally.true + tally.false)


def bias(tally: Tally) -> float:
    """-1 (more sensitive) to +1 (less): 0 without answers, never beyond.

    Falls short of the usual share by so much of it, or exceeds it by so much of what is left.
    """
    share = share_right(tally)
    if share < USUAL:
        return (USUAL - share) / USUAL
    return -(share - USUAL) / (1 - USUAL)


def biases(site: Site, tallies: Mapping[str, Tally]) -> dict[str, float]:
    """By detector, over all devices of the site: what its rules' answers come to."""
    return {detector: bias(_sum(rules, tallies)) for detector, rules in _rules(site).items()}


def _rules(site: Site) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for device in site.devices.values():
        for rule in device.profile.rules:
            if rule.detector_id is not None and rule.follows_alarms:
                found.setdefault(rule.detector_id, set()).add(rule.id)
    return found


def _sum(rules: set[str], tallies: Mapping[str, Tally]) -> Tally:
    said = [tallies[rule] for rule in rules if rule in tallies]
    return Tally(sum(one.true for one in said), sum(one.false for one in said))
