"""Reads site, profile and plan files, and reports every mistake in all of them at once."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from core.errors import ConfigError, Mistake
from core.schema.load_plans import SHIPPED_PLANS, PlanShelf, with_measured
from core.schema.profile import Profile
from core.schema.site import Device, DeviceEntry, Site, SiteFile
from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource
from core.schema.strict_model import did_you_mean
from core.schema.yaml_file import read

SHIPPED_PROFILES = Path(__file__).resolve().parents[2] / "config" / "profiles"


BASE = "base"  # every profile lies over it


def load_site(path: Path) -> Site:
    """The checked site. ConfigError lists every mistake in the site file and its profiles.

    Profiles are looked for in `profiles/` beside the site file, then among those that ship with
    Scanward.
    """
    mistakes: list[Mistake] = []
    plans = PlanShelf([path.parent / "plans", SHIPPED_PLANS], mistakes)
    shelf = Shelf([path.parent / "profiles", SHIPPED_PROFILES], mistakes, plans)
    raw, file = read(path, SiteFile, mistakes)
    profiles = {}
    for where, name in _profile_names(raw):
        profiles[name] = shelf.get(name)
        if name not in shelf.names():
            text = f"unknown profile {name!r}{did_you_mean(name, shelf.names())}"
            mistakes.append(Mistake(str(path), where, text))
    if file is not None:
        mistakes += [
            Mistake(str(path), where, text) for where, text in _cross_check(file, profiles)
        ]
        _check_plans(path, file, profiles, plans, mistakes)
    if mistakes or file is None:
        raise ConfigError(mistakes)
    return Site(file, {entry.id: _device(entry, profiles, plans) for entry in file.devices})


def load_profile(path: Path) -> Profile:
    """One profile with its parents laid under it. ConfigError lists every mistake."""
    mistakes: list[Mistake] = []
    plans = PlanShelf([path.parent.parent / "plans", SHIPPED_PLANS], mistakes)
    profile = Shelf([path.parent, SHIPPED_PROFILES], mistakes, plans).get(path.stem)
    if mistakes or profile is None:
        raise ConfigError(mistakes or [Mistake(str(path), "", "no such file")])
    return profile


class Shelf:
    """The profiles of a few folders, each read once; the first folder that has a name wins."""

    def __init__(self, folders: Iterable[Path], mistakes: list[Mistake], plans: PlanShelf) -> None:
        self._plans = plans
        self._paths: dict[str, Path] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.yaml")):
                self._paths.setdefault(path.stem, path)
        self._mistakes = mistakes
        self._own: dict[str, Profile | None] = {}  # as its file says it
        self._whole: dict[str, Profile | None] = {}  # over its ancestors

    def names(self) -> list[str]:
        """Every profile that can be named."""
        return list(self._paths)

    def get(self, name: str) -> Profile | None:
        """The profile over its ancestors; None when it is absent or wrong, which is then noted."""
        if name not in self._whole:
            self._whole[name] = self._lay(name) if name in self._paths else None
        return self._whole[name]

    def _lay(self, name: str) -> Profile | None:
        """Base first, then every ancestor once however often it is named, then the profile."""
        line: list[str] = []
        self._line_up(BASE, (), line)
        self._line_up(name, (), line)
        own = [self._own[ancestor] for ancestor in line]
        whole = Profile()
        for profile in own:
            whole = profile.over(whole) if profile else whole
        if not all(own):
            return None  # what is missing may be what the rest refers to
        before = len(self._mistakes)
        mine = self._own[name] or whole
        for where, text in _unknown_metrics(mine, whole):
            self._note(self._paths[name], where, text)
        for index, text in self._plans.unknown(mine.plans):
            self._note(self._paths[name], f"plans[{index}]", text)
        return whole if len(self._mistakes) == before else None

    def _line_up(self, name: str, below: tuple[str, ...], line: list[str]) -> None:
        if name in line or name not in self._paths:
            return
        first_time = name not in self._own
        if first_time:
            self._own[name] = read(self._paths[name], Profile, self._mistakes)[1]
        own = self._own[name]
        for index, parent in enumerate(own.extends if own else []):
            text = ""
            if parent in (*below, name):
                text = f"{parent!r} extends itself"
            elif parent not in self._paths:
                text = f"unknown profile {parent!r}{did_you_mean(parent, self.names())}"
            if text:
                self._own[name] = None
                if first_time:
                    self._note(self._paths[name], f"extends[{index}]", text)
            else:
                self._line_up(parent, (*below, name), line)
        line.append(name)

    def _note(self, path: Path, where: str, text: str) -> None:
        self._mistakes.append(Mistake(str(path), where, text))


def _profile_names(raw: Any) -> Iterator[tuple[str, str]]:
    """Every profile the devices name, even in a file that has other mistakes."""
    devices = raw.get("devices") if isinstance(raw, dict) else None
    for index, entry in enumerate(devices if isinstance(devices, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("profile"), str):
            yield f"devices[{index}].profile", entry["profile"]


def _unknown_metrics(own: Profile, whole: Profile) -> Iterator[tuple[str, str]]:
    """What the profile names as a metric without it, or a parent, saying what it is."""
    for i, rule in enumerate(own.rules):
        for key, text in rule.unknown_names(whole):
            yield f"rules[{i}].{key}", text
    named = [
        (f"detectors[{i}]", metric)
        for i, detector in enumerate(own.detectors)
        for metric in dict.fromkeys([detector.metric, *detector.metrics])
    ]
    named += [(f"snmp.values[{i}]", scalar.metric) for i, scalar in enumerate(own.snmp.values)]
    named += [(f"snmp.tables[{i}]", column.metric) for i, column in enumerate(own.snmp.tables)]
    for m, message in enumerate(own.mqtt.messages):
        named += [
            (f"mqtt.messages[{m}].values[{i}]", field.metric)
            for i, field in enumerate(message.values)
        ]
    for name, log in own.logfile.items():
        named += [
            (f"logfile.{name}.patterns[{i}]", pattern.metric)
            for i, pattern in enumerate(log.patterns)
            if pattern.metric
        ]
    for where, metric in named:
        if metric not in whole.metrics:
            hint = did_you_mean(metric, whole.metrics)
            yield f"{where}.metric", f"unknown metric {metric!r}{hint}"
    events = {one.event for form in whole.logfile.values() for one in form.patterns if one.event}
    for i, detector in enumerate(own.detectors):
        if detector.events and detector.events not in events:
            hint = did_you_mean(detector.events, events)
            yield f"detectors[{i}].events", f"unknown event {detector.events!r}{hint}"


def _cross_check(file: SiteFile, profiles: dict[str, Profile | None]) -> Iterator[tuple[str, str]]:
    """What can only be seen with the whole site in view."""
    ids = [entry.id for entry in file.devices]
    channels = [channel.id for channel in file.channels]
    depends = {entry.id: entry.depends_on for entry in file.devices}
    told = [(f"routes[{r}]", route.channels) for r, route in enumerate(file.routes)]
    told += [(f"reports[{r}]", report.channels) for r, report in enumerate(file.reports)]
    for where, wanted in told:
        for c, name in enumerate(wanted):
            if name not in channels:
                hint = did_you_mean(name, channels)
                yield f"{where}.channels[{c}]", f"unknown channel {name!r}{hint}"
    if file.grafana and file.storage.influxdb is None:
        yield "grafana", "needs `storage.influxdb`: Grafana shows what is forwarded there"
    asked = [(one.kind, one.language, one.calendar) for one in file.reports]
    for r, one in enumerate(asked):
        if one in asked[:r]:
            text = f"the same as reports[{asked.index(one)}]: write its formats and channels there"
            yield f"reports[{r}]", text
    for index, entry in enumerate(file.devices):
        where = f"devices[{index}]"
        if entry.id in ids[:index]:
            yield f"{where}.id", f"{entry.id!r} is also devices[{ids.index(entry.id)}]"
        for d, name in enumerate(entry.depends_on):
            if name not in ids or name == entry.id:
                hint = did_you_mean(name, [other for other in ids if other != entry.id])
                yield f"{where}.depends_on[{d}]", f"unknown device {name!r}{hint}"
        if _depends_on_itself(entry.id, depends):
            yield f"{where}.depends_on", "goes round in a circle back to this device"
        names = [(s.kind, s.component) for s in entry.sources if isinstance(s, MqttSource)]
        if len(set(names)) < len(names):
            yield f"{where}.sources", "two mqtt sources of one device need a `component` each"
        profile = profiles.get(entry.profile)
        for s, source in enumerate(entry.sources):
            for below, text in _check_source(source, profile, file):
                yield f"{where}.sources[{s}].{below}".rstrip("."), text


def _depends_on_itself(device: str, depends: dict[str, list[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(depends[device])
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += depends.get(name, [])
    return device in seen


def _check_source(
    source: SnmpSource | MqttSource | LogSource, profile: Profile | None, file: SiteFile
) -> Iterator[tuple[str, str]]:
    if isinstance(source, MqttSource) and file.broker is None:
        yield "kind", "the site file has no `broker`"
    if profile is None:
        return
    match source:
        case SnmpSource():
            named = [(f"values[{i}]", value.metric) for i, value in enumerate(source.values)]
            named += [(f"tables[{i}]", table.metric) for i, table in enumerate(source.tables)]
            for where, metric in named:
                if metric not in profile.metrics:
                    hint = did_you_mean(metric, profile.metrics)
                    yield f"{where}.metric", f"unknown metric {metric!r}{hint}"
            if not any(
                (*profile.snmp.values, *profile.snmp.tables, *source.values, *source.tables)
            ):
                yield "kind", "the profile says nothing about snmp"
        case MqttSource() if not profile.mqtt.messages:
            yield "kind", "the profile says nothing about mqtt"
        case LogSource() if source.format not in profile.logfile:
            hint = did_you_mean(source.format, profile.logfile)
            yield "format", f"unknown format {source.format!r}{hint}"


def _check_plans(
    path: Path,
    file: SiteFile,
    profiles: dict[str, Profile | None],
    plans: PlanShelf,
    mistakes: list[Mistake],
) -> None:
    users: dict[str, list[Profile]] = {}
    for index, entry in enumerate(file.devices):
        profile = profiles[entry.profile]
        for at, text in plans.unknown(entry.plans or []):
            mistakes.append(Mistake(str(path), f"devices[{index}].plans[{at}]", text))
        if profile is not None:
            names = _plan_names(entry, profile)
            for name in names:
                users.setdefault(name, []).append(profile)
            for text in plans.twice(names):
                mistakes.append(Mistake(str(path), f"devices[{index}].plans", text))
    plans.check_metrics(users)


def _plan_names(entry: DeviceEntry, profile: Profile) -> list[str]:
    return profile.plans if entry.plans is None else entry.plans


def _device(entry: DeviceEntry, profiles: dict[str, Profile | None], plans: PlanShelf) -> Device:
    profile = profiles[entry.profile]
    assert profile is not None  # load_site raises before it comes here
    files = [file for name in _plan_names(entry, profile) if (file := plans.get(name))]
    asked = tuple(plan for file in files for plan in file.plans)
    return Device(
        id=entry.id,
        name=entry.name,
        room=entry.room,
        serial=entry.serial,
        profile_name=entry.profile,
        profile=with_measured(profile, asked),
        depends_on=tuple(entry.depends_on),
        sources=tuple(entry.sources),
        covered=entry.covered,
        plans=asked,
        risk=files[0].risk if files else None,
    )
