"""Which alert explains which: what depends on what, and how far a rule's reach goes. Pure."""

from collections.abc import Iterable

from core.schema.rules.base import Rule
from core.schema.site import Site
from core.time.clock import MINUTE
from core.vocabulary.alerts import Explains
from storage.records import Alert

# A symptom may be seen so long before its cause, whose hold is longer. Scanward's default, no source.
SEEN_BEFORE = 15 * MINUTE
# When a cause has ended, what it explained has so long to recover before it is told by itself: longer
# than a server takes to start and a chiller to cool its water. Scanward's default, no source.
SETTLE = 30 * MINUTE


class Dependencies:
    """The graph of `depends_on`, and the rules of its devices."""

    def __init__(self, site: Site) -> None:
        self._rules = {
            (device.id, rule.id): rule
            for device in site.devices.values()
            for rule in device.profile.rules
        }
        self._distances = {name: site.above(name) for name in site.devices}
        self.site_wide = {
            name for (name, _), rule in self._rules.items() if rule.reach == "site"
        }  # devices of which an alert may explain the whole site

    def rule(self, alert: Alert) -> Rule | None:
        """The rule of an alert; None if the site has it no more."""
        return self._rules.get((alert.device, alert.rule))

    def ancestors(self, device: str) -> Iterable[str]:
        """What a device depends on, directly or not."""
        return self._distances.get(device, {})

    def reached(self, device: str) -> list[str]:
        """The device, and what depends on it, directly or not."""
        return [
            name for name, above in self._distances.items() if name == device or device in above
        ]

    def reach(self, alert: Alert) -> Explains:
        """What an alert explains; nothing if its rule is gone."""
        rule = self.rule(alert)
        return "nothing" if rule is None else rule.reach

    def explains(self, cause: Alert, alert: Alert, now: int) -> bool:
        """`cause` explains `alert`, or did until a while ago. `now` is UTC ms.

        What began long before its supposed cause did not come from it.
        """
        if cause.id == alert.id or alert.began_at < cause.began_at - SEEN_BEFORE:
            return False
        if cause.ended_at is not None and now >= cause.ended_at + SETTLE:
            return False
        rule = self.rule(alert)
        if rule is not None and rule.stands_alone:
            return False
        reach = self.reach(cause)
        if reach == "site":
            return self.reach(alert) != "site" or _is_first(cause, alert)
        is_below = cause.device in self._distances.get(alert.device, {})
        if reach == "dependents" and is_below:
            return True
        if reach == "nothing" or rule is None or not rule.tells_silence:
            return False
        if cause.device == alert.device:
            return _is_first(cause, alert)
        # A card that has been silent for days is no reason why another device falls silent today.
        return is_below and alert.began_at <= cause.began_at + SEEN_BEFORE

    def best(self, causes: Iterable[Alert], alert: Alert, now: int) -> Alert | None:
        """Of what explains an alert the farthest up, and of two the one that began first."""
        explaining = [cause for cause in causes if self.explains(cause, alert, now)]
        return min(explaining, key=lambda cause: self._rank(cause, alert), default=None)

    def _rank(self, cause: Alert, alert: Alert) -> tuple[bool, int, int, int]:
        distance = self._distances.get(alert.device, {}).get(cause.device, 0)
        return self.reach(cause) != "site", -distance, cause.began_at, cause.id


def _is_first(cause: Alert, alert: Alert) -> bool:
    return (cause.began_at, cause.id) < (alert.began_at, alert.id)
