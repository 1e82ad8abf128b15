"""How often a kind of alert was right at this site, and what that does to a detector. Pure.

People answer whether an alert was right. Before anybody has, an alert is taken to be right three
times in four, with the weight of four answers (a Beta(3, 1) prior; Scanward's default, no source).
With more answers the share moves towards theirs.
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

    By how much the share falls short of the usual one, as a part of that; or by how much it exceeds
    it, as a part of what the usual one lacks.
    """
    share = share_right(tally)
    if share < USUAL:
        return (USUAL - share) / USUAL
    return -(share - USUAL) / (1 - USUAL)


def biases(site: Site, tallies: Mapping[str, Tally]) -> dict[str, float]:
    """By detector, over all devices of the site: the bias from the answers to its rules' alerts."""
    return {
        detector: bias(_sum(rules, tallies)) for detector, rules in _rules_by_detector(site).items()
    }


def _rules_by_detector(site: Site) -> dict[str, set[str]]:
    rules: dict[str, set[str]] = {}
    for device in site.devices.values():
        for rule in device.profile.rules:
            if rule.detector_id is not None and rule.follows_alarms:
                rules.setdefault(rule.detector_id, set()).add(rule.id)
    return rules


def _sum(rules: set[str], tallies: Mapping[str, Tally]) -> Tally:
    answered = [tallies[rule] for rule in rules if rule in tallies]
    return Tally(sum(tally.true for tally in answered), sum(tally.false for tally in answered))
