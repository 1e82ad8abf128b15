"""Who is alerted: the routes of the site file, and whose turn it is by the rota. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from core.schema.channels import Route
from core.schema.people import people_of
from core.schema.site import Site
from core.vocabulary.alerts import NoticeKind
from core.vocabulary.severity import Severity


class Recipient(NamedTuple):
    """A channel that a notice goes to, and whose it is; empty: whoever reads it."""

    person: str
    channel: str


def recipients(
    site: Site,
    devices: Collection[str],
    severity: Severity,
    kind: NoticeKind,
    level: int,
    now: int,
) -> list[Recipient]:
    """Who is alerted at that moment (UTC ms) of something on these devices; each channel once.

    An escalation goes to those of its level; every other kind to the channels and people of the
    routes.
    """
    chosen: dict[str, Recipient] = {}
    after = dict(enumerate(_pauses(site), start=1)).get(level)
    for route in _routes(site, devices, severity, now):
        if kind == "escalation":
            names = [name for step in route.escalate if step.after == after for name in step.to]
            channels = list[str]()
        else:
            names, channels = [*route.to, *route.roles], route.channels
        for channel in channels:
            chosen.setdefault(channel, Recipient("", channel))
        for recipient in _of_people(site, names, now):
            chosen.setdefault(recipient.channel, recipient)
    return list(chosen.values())


def escalations(
    site: Site, devices: Collection[str], severity: Severity, now: int
) -> Mapping[int, int]:
    """After how many milliseconds without acknowledgement each level is due, for what goes this way.

    A level is the same number for all routes: the first is the shortest pause of the site file.
    """
    routes = _routes(site, devices, severity, now)
    pauses = {step.after for route in routes for step in route.escalate}
    return {level: after for level, after in enumerate(_pauses(site), start=1) if after in pauses}


def _pauses(site: Site) -> list[int]:
    return sorted({step.after for route in site.file.routes for step in route.escalate})


def _routes(site: Site, devices: Collection[str], severity: Severity, now: int) -> Iterator[Route]:
    for route in site.file.routes:
        is_here = route.devices is None or not set(devices).isdisjoint(route.devices)
        if severity in route.severities and is_here and _is_now(route, site, now):
            yield route


def _is_now(route: Route, site: Site, now: int) -> bool:
    return route.hours is None or bool(route.hours.hours(site.zone).between(now, now + 1))


def _of_people(site: Site, names: Collection[str], now: int) -> Iterator[Recipient]:
    file = site.file
    for person in people_of(list(names), file.people, file.rota, now, site.zone):
        for channel in person.channels:
            yield Recipient(person.id, channel)
