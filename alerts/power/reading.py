"""What the stores say of power, as a `Situation`: the one door of this room to the readings."""

from collections.abc import Iterable, Mapping

from alerts.power.activity import activity
from alerts.power.cuts import (
    PAST,
    Cut,
    SupplySpan,
    battery_spans,
    generator_spans,
    hints_at_battery,
    last_cut,
)
from alerts.power.earlier_discharges import earlier_discharges
from alerts.power.situation import (
    UNKNOWN,
    Generator,
    Load,
    Mains,
    Measured,
    Role,
    Sample,
    Situation,
    UpsState,
)
from alerts.power.sources import Sources
from alerts.power.temperature import restart_min, temperature
from core.readings import Reading
from core.schema.site import Device, Site
from core.time.clock import DAY, MINUTE, start_of_day
from storage.series.store import SeriesStore

# Older than this, a reading is not true of now: about three times what a UPS is polled by (30 s), and
# what a plug sends by (Tasmota's TelePeriod, 5 minutes). Fuel may be read by hand. Engineering.
UPS_STALE, PLUG_STALE, CONTACT_STALE, FUEL_STALE = 2 * MINUTE, 12 * MINUTE, 12 * MINUTE, DAY
# The load of a UPS is the mean of so long, for a scanner's comes and goes by the second. Engineering.
LOAD_MEAN = 5 * MINUTE
STEP = 1.08  # two levels that do not overlap by so much: a device was switched

_ROLES: Mapping[str, Role] = {"chiller": "cooling", "switch": "network"}
_OFF_W = 15.0  # a device that takes less is off; engineering


def read_situation(site: Site, series: SeriesStore, now: int) -> Situation:
    """How the power stands at `now` (UTC ms). StoreError if the readings cannot be read."""
    sources = Sources(site, series, now)
    devices = site.devices.values()
    all_ups = [device for device in devices if device.profile.kind == "ups"]
    spans = {ups.id: battery_spans(ups, sources) for ups in all_ups}
    switches = [device for device in devices if device.profile.kind == "transfer"]
    on_generator = [span for each in switches for span in generator_spans(each, sources)]
    cut = last_cut([*on_generator, *(span for each in spans.values() for span in each)])
    read = tuple(_ups(ups, spans[ups.id], sources, cut) for ups in all_ups)
    on_ups = {load.device for ups in read for load in ups.loads}
    return Situation(
        now=now,
        mains=_mains(read, cut, on_generator),
        cut_at=cut.begin,
        back_at=cut.end,
        ups=read,
        generators=tuple(
            _generator(device, sources) for device in devices if device.profile.kind == "generator"
        ),
        direct=tuple(
            _load(device, sources, cut)
            for device in devices
            if device.id not in on_ups
            and (device.profile.group == "scanner" or device.profile.kind == "chiller")
        ),
    )


def may_be_cut(site: Site, newest: Iterable[Reading]) -> bool:
    """Do the newest readings suggest that a UPS runs on its battery? If not, a page need not make the plan."""
    all_ups = {ups.id: ups for ups in site.devices.values() if ups.profile.kind == "ups"}
    return any(
        hints_at_battery(all_ups[reading.device], reading)
        for reading in newest
        if reading.device in all_ups
    )


def fed_by(supply: Device, site: Site) -> list[str]:
    """What is on its output: as stated, else whatever depends on it."""
    return list(supply.power.feeds) or [
        device.id for device in site.devices.values() if supply.id in device.depends_on
    ]


def _mains(all_ups: tuple[UpsState, ...], cut: Cut, on_generator: list[SupplySpan]) -> Mains:
    if any(ups.is_on_battery for ups in all_ups) or any(each.end is None for each in on_generator):
        return "cut"
    return "on" if any(ups.is_on_battery is False for ups in all_ups) or on_generator else "unknown"


def _ups(device: Device, spans: list[SupplySpan], sources: Sources, cut: Cut) -> UpsState:
    now, name = sources.now, device.id
    read_at = max((each.at for each in sources.newest(name) if each.metric != "up"), default=None)
    is_silent = read_at is None or now - read_at > UPS_STALE
    since = spans[-1].begin if spans and spans[-1].end is None else None
    begin = now if since is None else since
    loads = sources.samples(name, "output_load_pct", now - PAST)
    return UpsState(
        device=name,
        is_on_battery=True if since is not None else None if is_silent else False,
        since=since,
        read_at=read_at,
        is_silent=is_silent,
        card_min=sources.measured(name, "runtime_remaining_min", UPS_STALE),
        charge_pct=sources.measured(name, "battery_charge_pct", UPS_STALE),
        load_pct=_mean(loads, now),
        rated_w=device.power.rated_w,
        charges=_within(spans, sources.samples(name, "battery_charge_pct", now - PAST)),
        began=tuple(span.begin for span in spans),
        earlier=earlier_discharges(device, sources),
        load_history=loads,
        card_history=sources.samples(name, "runtime_remaining_min", begin),
        age_share=_age_share(device, sources),
        table=_table(device),
        loads=tuple(
            _load(sources.site.devices[each], sources, cut) for each in fed_by(device, sources.site)
        ),
    )


def _within(spans: list[SupplySpan], samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """What was read while it ran on its battery, in this cut and those before."""
    return tuple(
        sample
        for sample in samples
        if any(s.begin <= sample.at and (s.end is None or sample.at < s.end) for s in spans)
    )


def _table(device: Device) -> tuple[tuple[float, float], ...]:
    battery = device.power.battery
    return tuple(sorted(battery.runtime.items())) if battery else ()


def _age_share(device: Device, sources: Sources) -> float | None:
    battery = device.power.battery
    if battery is None or battery.installed is None:
        return None
    began_at = start_of_day(battery.installed, sources.site.zone)
    return max(sources.now - began_at, 0) / battery.life


def _mean(samples: tuple[Sample, ...], now: int) -> Measured:
    """Of the minutes before the newest, or of those since something was switched off or on."""
    if not samples:
        return UNKNOWN
    last = samples[-1].at
    values = [sample.value for sample in samples if sample.at > last - LOAD_MEAN]
    for at in range(len(values) - 2, 0, -1):  # the newest step; at least two are of the new level
        before, since = values[:at], values[at:]
        if max(since) * STEP < min(before) or min(since) > max(before) * STEP:
            values = since
            break
    return Measured(sum(values) / len(values), last, now - last > UPS_STALE)


def _generator(device: Device, sources: Sources) -> Generator:
    power = device.power
    running = sources.measured(device.id, "generator_running", CONTACT_STALE).fresh
    return Generator(
        device=device.id,
        is_running=None if running is None else running > 0,
        start_delay_min=None if power.start_delay is None else power.start_delay / MINUTE,
        fuel_pct=sources.measured(device.id, "fuel_level_pct", FUEL_STALE),
        full_tank_min=power.fuel.tank_l / power.fuel.burn_lph * 60 if power.fuel else None,
        rated_w=power.rated_w,
        feeds=tuple(fed_by(device, sources.site)),
    )


def _load(device: Device, sources: Sources, cut: Cut) -> Load:
    power, is_scanner = device.power, device.profile.group == "scanner"
    lines = sources.newest(device.id, "mains_power_w")
    is_fresh = bool(lines) and sources.now - min(line.at for line in lines) <= PLUG_STALE
    shown = sum(line.value for line in lines) if is_fresh else None
    is_off = None if shown is None else shown < _OFF_W
    doing = activity(device, sources) if is_scanner else None
    if shown is not None and not is_off and doing is not None and doing.mean_w is not None:
        shown = doing.mean_w
    examination = None if doing is None or is_off else doing.examination
    stated = power.idle_w if examination is None else power.scan_w
    return Load(
        device=device.id,
        role="scanner" if is_scanner else _ROLES.get(device.profile.kind, "server"),
        watts=stated if shown is None else shown,
        is_stated=shown is None and stated is not None,
        most_w=power.scan_w,
        is_off=is_off,
        examination=examination,
        is_activity_known=doing is not None and doing.is_known,
        stop_min=(power.stop or 0) / MINUTE,
        restart_min=restart_min(device, sources, cut.begin),
        needs=device.depends_on,
        temperature=temperature(device, sources, cut.begin),
    )
