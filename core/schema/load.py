"""Reads site, profile and plan files, and reports every mistake in all of them at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import ConfigError, Mistake
from core.schema.check_site import Profiles, check_site
from core.schema.item_rules import with_item_rules
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary, with_measured
from core.schema.load_profiles import SHIPPED_PROFILES, ProfileLibrary
from core.schema.own_limits import check_own_limits, with_own_limits
from core.schema.profile import Profile
from core.schema.site import Device, DeviceEntry, Site, SiteFile
from core.schema.strict_model import did_you_mean
from core.schema.yaml_file import read


def load_site(path: Path, text: str | None = None) -> Site:
    """The checked site. ConfigError lists every mistake in the site file and its profiles.

    With a `text`, the site as it would be if that stood in the file.

    Profiles are looked for in `profiles/` beside the site file, then among those that ship with
    Scanward.
    """
    mistakes: list[Mistake] = []
    plans = PlanLibrary([path.parent / "plans", SHIPPED_PLANS], mistakes)
    library = ProfileLibrary([path.parent / "profiles", SHIPPED_PROFILES], mistakes, plans)
    raw, file = read(path, SiteFile, mistakes, text)
    profiles = {}
    for place, name in _profile_names(raw):
        profiles[name] = library.get(name)
        if name not in library.names():
            why = f"unknown profile {name!r}{did_you_mean(name, library.names())}"
            mistakes.append(Mistake(str(path), place, why))
    if file is not None:
        mistakes += [Mistake(str(path), place, why) for place, why in check_site(file, profiles)]
        _check_plans(path, file, profiles, plans, mistakes)
    if mistakes or file is None:
        raise ConfigError(mistakes)
    devices = {entry.id: _device(entry, profiles, plans) for entry in file.devices}
    return Site(file, devices, raw)


def load_profile(path: Path) -> Profile:
    """One profile with its parents laid under it. ConfigError lists every mistake."""
    mistakes: list[Mistake] = []
    plans = PlanLibrary([path.parent.parent / "plans", SHIPPED_PLANS], mistakes)
    library = ProfileLibrary([path.parent, SHIPPED_PROFILES], mistakes, plans)
    profile = library.get(path.stem)
    if profile is not None:
        plans.check_limits(profile, profile.plans)
        plans.check_proofs(profile, profile.plans)
    if mistakes or profile is None:
        raise ConfigError(mistakes or [Mistake(str(path), "", "no such file")])
    return profile


def _profile_names(raw: Any) -> Iterator[tuple[str, str]]:
    """Every profile the devices name, even in a file that has other mistakes."""
    devices = raw.get("devices") if isinstance(raw, dict) else None
    for index, entry in enumerate(devices if isinstance(devices, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("profile"), str):
            yield f"devices[{index}].profile", entry["profile"]


def _check_plans(
    path: Path, file: SiteFile, profiles: Profiles, plans: PlanLibrary, mistakes: list[Mistake]
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
            for text in plans.duplicates(names):
                mistakes.append(Mistake(str(path), f"devices[{index}].plans", text))
            plans.check_limits(profile, names)
            plans.check_proofs(profile, names)
            if entry.limits:
                known = with_item_rules(profile, plans.files(names))[0]
                for place, text in check_own_limits(known, entry.limits):
                    mistakes.append(Mistake(str(path), f"devices[{index}].{place}", text))
    plans.check_metrics(users)


def _plan_names(entry: DeviceEntry, profile: Profile) -> list[str]:
    return profile.plans if entry.plans is None else entry.plans


def _device(entry: DeviceEntry, profiles: Profiles, plans: PlanLibrary) -> Device:
    profile = profiles[entry.profile]
    assert profile is not None  # load_site raises before it comes here
    files = plans.files(_plan_names(entry, profile))
    own_plans = tuple(plan for _, file in files for plan in file.plans)
    ruled = with_own_limits(with_item_rules(profile, files)[0], entry.limits)
    measuring = with_measured(ruled, own_plans)
    return Device(
        id=entry.id,
        name=entry.name,
        room=entry.room,
        serial=entry.serial,
        profile_name=entry.profile,
        profile=measuring,
        depends_on=tuple(entry.depends_on),
        sources=tuple(source.with_profile(profile) for source in entry.sources),
        covered=entry.covered,
        plans=own_plans,
        power=entry.power.over(profile.power),
        risk=files[0][1].risk if files else None,
        dicom=entry.dicom,
    )
