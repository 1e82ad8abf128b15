"""Who is told: can each channel be reached, and, if asked, does a message arrive?"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from alerts.channels import sender
from alerts.notification.trial import trial
from core.finding import Finding, Findings
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.site import Site


def check_channels(site: Site, *, send_test: bool) -> list[Finding]:
    """Each channel, side by side. With `send_test` a test message goes through each."""
    with ThreadPoolExecutor(max(len(site.file.channels), 1)) as pool:
        findings = pool.map(
            lambda channel: _check(site, channel, send_test=send_test), site.file.channels
        )
        unrouted = _unrouted(site)
        return [finding for part in findings for finding in part] + unrouted


def _check(site: Site, channel: ChannelEntry, *, send_test: bool) -> list[Finding]:
    findings = Findings(f"channel {channel.id}")
    with findings.failing():
        way = sender(site, channel)
        text = way.check()
        if send_test:
            way.send(trial(site, channel.id))
            text = f"{text}; took a test message; has it arrived?"
        findings.ok(text)
    return findings


def _unrouted(site: Site) -> list[Finding]:
    """A critical alert that only the log hears of reaches nobody at night."""
    routed = {
        channel
        for route in site.file.routes
        if "critical" in route.severities
        for channel in (*route.channels, *_channels_of(site, [*route.to, *route.roles]))
    }
    people = [channel.id for channel in site.file.channels if channel.reaches_people]
    findings = Findings("routes")
    if not routed & set(people):
        findings.warn(
            "a critical alert reaches nobody but the log: add an `apprise` or `gsm` channel and a"
            " route"
        )
    return findings


def _channels_of(site: Site, names: Iterable[str]) -> Iterator[str]:
    """Of everybody whom these people, rotas and roles may mean at any time."""
    turns = {rota.id: {name for _, name in rota.everyone} for rota in site.file.rota}
    meant = {person for name in names for person in turns.get(name, {name})}
    for person in site.file.people:
        if person.id in meant or (person.role and person.role in meant):
            yield from person.channels
