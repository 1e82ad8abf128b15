"""When a part will be needed: the life of what it replaces, by days, by counter, by a detector."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.text.phrase import Phrase
from core.time.clock import DAY, from_ms, to_ms
from maintenance.parts.stock import Advice, Need, advice
from maintenance.planning.due import by_use
from maintenance.planning.usage import latest_value, used_since
from storage.records import Component, Part
from storage.records import assets as asset_rows
from storage.records import parts as part_rows
from storage.records import verdicts as verdict_rows
from storage.series.store import SeriesStore

PACE_OVER = 90 * DAY  # how far back the pace of a counter is looked at


class PartStock(NamedTuple):
    """A part with how many there are, when one is needed, whether to order, and for which devices."""

    part: Part
    quantity: int
    need: Need
    advice: Advice
    devices: Sequence[str]


def stock_overview(
    db: Session, site: Site, series: SeriesStore | None, now: int
) -> list[PartStock]:
    """Every part, by its id."""
    quantities = part_rows.stock_by_part(db)
    rows = []
    for part in part_rows.parts(db):
        need = need_of(db, site, series, part, now)
        quantity = quantities.get(part.id, 0)
        order = advice(part, quantity, need, now)
        rows.append(PartStock(part, quantity, need, order, devices_of(site, part)))
    return rows


def need_of(db: Session, site: Site, series: SeriesStore | None, part: Part, now: int) -> Need:
    """The earliest need of all components and detectors; without a time if none has one."""
    needs = [
        *_by_components(db, site, series, part, now),
        *_by_detector(db, site, part),
    ]
    known = [need for need in needs if need.at is not None]
    return min(known, key=lambda need: need.at or 0, default=Need(None))


def devices_of(site: Site, part: Part) -> list[str]:
    """The devices that it is for."""
    return [
        device.id
        for device in site.devices.values()
        if device.id in part.devices or device.profile_name in part.profiles
    ]


def _by_components(
    db: Session, site: Site, series: SeriesStore | None, part: Part, now: int
) -> Iterator[Need]:
    devices = {*devices_of(site, part), *part.devices}
    for component in asset_rows.components_in_use(db, part.component) if part.component else []:
        if component.asset_id not in devices:
            continue
        name, device = f"{component.name} {component.serial}".strip(), component.asset_id
        at = worn_by_age(site, component, now)
        if at is not None:
            why = Phrase(
                "{part} of {device}: {days} days of life",
                part=name,
                device=device,
                days=component.life_days,
            )
            yield Need(at, why)
        at = worn_by_use(series, component, now)
        if at is not None:
            why = Phrase(
                "{part} of {device}: {counter} reaches {life:g}",
                part=name,
                device=device,
                counter=component.counter,
                life=component.life_count,
            )
            yield Need(at, why)


def worn_by_age(site: Site, component: Component, now: int) -> int | None:
    """When its days of life are over, UTC ms: a midnight of the site. None: it has no such life."""
    if component.life_days is None or not component.installed_on:
        return None
    ends = date.fromisoformat(component.installed_on) + timedelta(component.life_days)
    midnight = from_ms(now, site.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return to_ms(midnight) + (ends - midnight.date()).days * DAY


def worn_by_use(series: SeriesStore | None, component: Component, now: int) -> int | None:
    """When the counter will have gone as far as the life, at the pace of the last 90 days; UTC ms."""
    if series is None or not component.counter or component.life_count is None:
        return None
    value = latest_value(series, component.asset_id, component.counter, now)
    since = now - PACE_OVER
    used = used_since(
        series, component.asset_id, component.counter, since, now, pace_over=PACE_OVER
    )
    if value is None or used is None:
        return None
    spent = max(value - component.counter_at_install, 0.0)
    return by_use(component.life_count, used._replace(amount=spent), now)


def _by_detector(db: Session, site: Site, part: Part) -> Iterator[Need]:
    """The early end of a forecast; a detector forecasts only while it is in alarm."""
    for device in devices_of(site, part) if part.detector else []:
        verdict = verdict_rows.newest_verdict(db, device, part.detector)
        if verdict is not None and verdict.alarm and verdict.limit_at is not None:
            at = verdict.limit_at if verdict.limit_at_low is None else verdict.limit_at_low
            why = Phrase(
                "{detector} on {device} forecasts it", detector=part.detector, device=device
            )
            yield Need(at, why)
