"""The plan in plain sentences: for a message, a page and a card. Pure.

Sentences are `Phrase`s; whoever shows them gives the `translate` of its catalogue (dashboard/i18n, `[phrase]`).
"""

from collections.abc import Callable, Iterable, Iterator

from alerts.power.generators import GeneratorPlan
from alerts.power.plan import PowerPlan, Stop, UpsPlan
from alerts.power.restart import STEADY_MIN, Restart
from alerts.power.runtime import Doubt
from core.schema.site import Site
from core.text import times
from core.text.phrase import Phrase
from core.time.clock import MINUTE

# More minutes than this are said as hours: nobody plans by them.
LONG_MIN = 240

DOUBTS: dict[Doubt, Phrase] = {
    "card_silent": Phrase("Its card says no minutes"),
    "card_impossible": Phrase("Its card says minutes that cannot be true"),
    "card_stuck": Phrase("The minutes of its card stand still"),
    "card_disagrees": Phrase("Its card says other minutes than its charge shows"),
    "old_battery": Phrase("The battery is older than its life, it may fail at once"),
    "no_age": Phrase("The age of the battery is not in the site file"),
    "no_table": Phrase("The maker's table of minutes is not in the site file"),
    "no_load": Phrase("The load of the UPS is not known"),
}


def power_lines(plan: PowerPlan, site: Site, translate: Callable[[object], str] = str) -> list[str]:
    """The whole plan, a sentence a line, in the language of `translate`."""
    return [translate(phrase) for phrase in power_phrases(plan, site)]


def power_phrases(plan: PowerPlan, site: Site) -> list[Phrase]:
    """What it is, what to do first, what is not known, and what comes after."""
    phrases = list[Phrase]()
    for ups in plan.ups:
        phrases += [*headline(ups, plan, site), *stop_phrases(ups, site)]
    for generator in plan.generators:
        phrases += generator_phrases(generator, site)
    for ups in plan.ups:
        phrases += doubt_phrases(ups, site)
    return [*phrases, *restart_phrases(plan, site)]


def headline(ups: UpsPlan, plan: PowerPlan, site: Site) -> Iterator[Phrase]:
    """How it stands, and how long it lasts."""
    name = device_name(ups.ups, site)
    if ups.mode == "unknown":
        if ups.read_at is None:
            yield Phrase("Nothing was ever read of {ups}: its state is not known", ups=name)
        else:
            at = when(ups.read_at, plan.at, site)
            yield Phrase(
                "Nothing was read of {ups} since {at}: its state is not known", ups=name, at=at
            )
        return
    if ups.mode == "battery":
        since = when(ups.since or plan.at, plan.at, site)
        yield Phrase("{ups} runs on its battery since {since}", ups=name, since=since)
    elif ups.mode == "generator":
        yield Phrase("The mains is away, but {ups} is fed: it does not use its battery", ups=name)
    else:
        yield Phrase("The mains is there. This would be if it failed now:")
    if "silent" in ups.left.doubts and ups.read_at is not None:
        at = when(ups.read_at, plan.at, site)
        yield Phrase("Nothing was read of {ups} since {at}: its minutes are counted down from then", ups=name, at=at)  # fmt: skip
    yield minutes_phrase(ups, site)


def minutes_phrase(ups: UpsPlan, site: Site) -> Phrase:
    """How long it lasts, and by what that is known."""
    left, name = ups.left, device_name(ups.ups, site)
    if left.minutes is None or left.low is None or left.high is None:
        return Phrase("How long {ups} lasts is not known", ups=name)
    if left.low > LONG_MIN:
        return Phrase("{ups} lasts more than {hours} hours", ups=name, hours=LONG_MIN // 60)
    low, high = int(left.low), round(left.high)
    minutes, until = int(left.minutes), clock(ups.empty_at, site)
    match left.used:
        case "observed":
            return Phrase("{ups} lasts about {minutes} min more ({low} to {high}), until {until}: so fast its charge falls", ups=name, minutes=minutes, low=low, high=high, until=until)  # fmt: skip
        case "learned":
            return Phrase("{ups} lasts about {minutes} min more ({low} to {high}), until {until}: so its charge fell in earlier cuts", ups=name, minutes=minutes, low=low, high=high, until=until)  # fmt: skip
        case "card":
            return Phrase("{ups} lasts about {minutes} min more ({low} to {high}), until {until}: so says its card", ups=name, minutes=minutes, low=low, high=high, until=until)  # fmt: skip
    return Phrase("{ups} lasts about {minutes} min more ({low} to {high}), until {until}: by its charge, load and age", ups=name, minutes=minutes, low=low, high=high, until=until)  # fmt: skip


def stop_phrases(ups: UpsPlan, site: Site) -> Iterator[Phrase]:
    """Who stops first, and by when."""
    for stop in ups.stops:
        yield _stop_phrase(stop, site)
        if stop.lacks and stop.action != "stop":
            yield Phrase("{device} has no cooling: {names} stands still", device=device_name(stop.device, site), names=_names(stop.lacks, site))  # fmt: skip


def _stop_phrase(stop: Stop, site: Site) -> Phrase:
    name, by, ends = (
        device_name(stop.device, site),
        clock(stop.by, site),
        clock(stop.ends_at, site),
    )
    takes, buys = round(stop.stop_min), None if stop.buys_min is None else round(stop.buys_min)
    if stop.action == "give_up":
        return Phrase("{device}: its examination cannot end on this battery. Stop by {by} if the mains is not back ({takes} min)", device=name, by=by, takes=takes)  # fmt: skip
    if stop.action == "risky" and stop.ends_at is None:
        return Phrase("{device}: how long its examination still takes is not known. Go on, begin no other", device=name)  # fmt: skip
    if stop.action == "risky":
        return Phrase("{device}: its examination may not end ({ends}). Go on, begin no other", device=name, ends=ends)  # fmt: skip
    if stop.action == "finish":
        return Phrase("{device}: its examination can end ({ends}). Stop after it, by {by}", device=name, ends=ends, by=by)  # fmt: skip
    if stop.is_now and buys is not None:
        return Phrase("{device}: stop now ({takes} min). It gives the others {buys} min", device=name, takes=takes, buys=buys)  # fmt: skip
    if stop.is_now:
        return Phrase("{device}: stop now ({takes} min). What it takes is not known", device=name, takes=takes)  # fmt: skip
    if stop.by is None:
        return Phrase("{device}: by when to stop is not known ({takes} min)", device=name, takes=takes)  # fmt: skip
    if buys is not None:
        return Phrase("{device}: stop by {by} ({takes} min). Now, it gives the others {buys} min", device=name, by=by, takes=takes, buys=buys)  # fmt: skip
    return Phrase("{device}: stop by {by} ({takes} min). What it takes is not known", device=name, by=by, takes=takes)  # fmt: skip


def doubt_phrases(ups: UpsPlan, site: Site) -> Iterator[Phrase]:
    """What is not known, and what is stated and not measured."""
    name = device_name(ups.ups, site)
    for doubt in ups.left.doubts:
        if doubt in DOUBTS:
            yield Phrase("{ups}: {doubt}", ups=name, doubt=DOUBTS[doubt])
    if ups.stated:
        yield Phrase("What {names} takes is the site file's figure, not measured", names=_names(ups.stated, site))  # fmt: skip
    if ups.unwatched:
        yield Phrase("Nothing tells whether an examination runs: {names}. Ask there", names=_names(ups.unwatched, site))  # fmt: skip


def generator_phrases(generator: GeneratorPlan, site: Site) -> Iterator[Phrase]:
    """How it stands, how long its fuel lasts, and who may be on."""
    name = device_name(generator.generator, site)
    match generator.state:
        case "running":
            yield Phrase("{generator} runs", generator=name)
        case "expected":
            yield Phrase("{generator} should carry the load from {at}: no examination is given up before", generator=name, at=clock(generator.expected_at, site))  # fmt: skip
        case "failed":
            yield Phrase("{generator} has not started: do not count on it", generator=name)
        case "empty":
            yield Phrase("{generator} has no fuel", generator=name)
        case "unknown":
            yield Phrase(
                "Whether {generator} runs is not known: do not count on it", generator=name
            )
    if generator.is_refused:
        yield Phrase("{generator} runs, but the UPS does not take it: look at the transfer switch", generator=name)  # fmt: skip
    if generator.dry_at is not None:
        yield Phrase("Its fuel lasts until {at}", at=clock(generator.dry_at, site))
    elif generator.fuel_min is not None:
        yield Phrase("{generator}: its fuel lasts {hours} h", generator=name, hours=round(generator.fuel_min / 60, 1))  # fmt: skip
    elif generator.state != "empty":
        yield Phrase("{generator}: how long its fuel lasts is not known", generator=name)
    if generator.is_fuel_old:
        yield Phrase("{generator}: its fuel was read long ago", generator=name)
    if generator.cannot_carry:
        yield Phrase("Not on {generator}, it is too much: {names}", generator=name, names=_names(generator.cannot_carry, site))  # fmt: skip


def restart_phrases(plan: PowerPlan, site: Site) -> Iterator[Phrase]:
    """In which order, and when each is usable."""
    if not plan.restarts:
        return
    if plan.steady_at is None:
        yield Phrase("When the mains is back, wait {minutes} min: it often goes again. Then start in this order:", minutes=int(STEADY_MIN))  # fmt: skip
    else:
        yield Phrase("The mains is back. From {at}, if it stays, start in this order:", at=clock(plan.steady_at, site))  # fmt: skip
    for number, restart in enumerate(plan.restarts, start=1):
        yield _restart_phrase(number, restart, plan, site)


def _restart_phrase(number: int, restart: Restart, plan: PowerPlan, site: Site) -> Phrase:
    name = device_name(restart.device, site)
    if restart.is_settling_unknown:
        return Phrase("{number}. {device}: usable when its temperature stands; nothing measures it", number=number, device=name)  # fmt: skip
    if restart.usable_min is None:
        return Phrase("{number}. {device}: when it is usable is not known", number=number, device=name)  # fmt: skip
    if plan.steady_at is not None:
        start, usable = (
            clock(plan.steady_at + round(minutes * MINUTE), site)
            for minutes in (restart.start_min, restart.usable_min)
        )
        if restart.settling_min:
            early, late = (
                clock(
                    plan.steady_at
                    + round((restart.usable_min + sign * restart.within_min) * MINUTE),
                    site,
                )
                for sign in (-1, 1)
            )
            return Phrase("{number}. {device} at {start}, usable about {usable} ({early} to {late}) if its temperature stands then", number=number, device=name, start=start, usable=usable, early=early, late=late)  # fmt: skip
        return Phrase("{number}. {device} at {start}, usable about {usable}", number=number, device=name, start=start, usable=usable)  # fmt: skip
    first, ready = round(restart.start_min), round(restart.usable_min)
    if restart.settling_min is not None:
        return Phrase("{number}. {device} after {start} min, usable after {usable} min or when its temperature stands: the longer it was off, the later", number=number, device=name, start=first, usable=ready)  # fmt: skip
    return Phrase("{number}. {device} after {start} min, usable after {usable} min", number=number, device=name, start=first, usable=ready)  # fmt: skip


def device_name(device: str, site: Site) -> str:
    """What people call it."""
    known = site.devices.get(device)
    return known.name if known else device


def clock(at: int | None, site: Site) -> str:
    """`14:05` in the site's zone."""
    return "?" if at is None else times.clock(at, site.zone)


def when(at: int, now: int, site: Site) -> str:
    """`14:05`, and the date if it is not today."""
    is_today = times.iso_date(at, site.zone) == times.iso_date(now, site.zone)
    return times.clock(at, site.zone) if is_today else times.timestamp(at, site.zone)


def _names(devices: Iterable[str], site: Site) -> str:
    return ", ".join(device_name(device, site) for device in devices)
