"""Which rules a backtest is about."""

from dataclasses import dataclass, replace

from core.errors import RefusedError
from core.readings import UP
from core.schema.site import Device, Site
from core.schema.strict_model import did_you_mean


@dataclass(frozen=True, slots=True)
class BacktestSelection:
    """A rule, a device, or both; "" means all."""

    rule: str = ""
    device: str = ""

    def has(self, device: str, rule: str) -> bool:
        """It is about that rule of that device."""
        return self.device in ("", device) and self.rule in ("", rule)


def judged_site(site: Site, selection: BacktestSelection) -> Site:
    """The site with the rules that are selected, and those that tell whether anything answers.

    Without these, no silence could be told from a collector that was down. RefusedError if the site
    has no such rule or device.
    """
    rules = {rule.id for device in site.devices.values() for rule in device.profile.rules}
    if selection.device and selection.device not in site.devices:
        hint = did_you_mean(selection.device, site.devices)
        raise RefusedError(
            "there is no device {device!r}{hint}", device=selection.device, hint=hint
        )
    if selection.rule and selection.rule not in rules:
        hint = did_you_mean(selection.rule, rules)
        raise RefusedError("no device has a rule {rule!r}{hint}", rule=selection.rule, hint=hint)
    devices = {name: _judged(device, selection) for name, device in site.devices.items()}
    return replace(site, devices=devices)


def _judged(device: Device, selection: BacktestSelection) -> Device:
    rules = [
        rule
        for rule in device.profile.rules
        if selection.has(device.id, rule.id) or UP in rule.input_metrics
    ]
    return replace(device, profile=device.profile.model_copy(update={"rules": rules}))
