"""What in a site file can only be seen to be wrong with the whole site in view."""

from collections.abc import Iterator, Mapping

from core.schema.check_dicom import check_dicom
from core.schema.check_people import check_people
from core.schema.profile import Profile
from core.schema.site import DeviceEntry, SiteFile
from core.schema.strict_model import did_you_mean

Profiles = Mapping[str, Profile | None]  # by name; None: the profile itself is wrong


def check_site(file: SiteFile, profiles: Profiles) -> Iterator[tuple[str, str]]:
    """Each mistake after its place in the file."""
    yield from _check_channels(file)
    yield from check_people(file)
    yield from check_dicom(file)
    if file.grafana and file.storage.influxdb is None:
        yield "grafana", "needs `storage.influxdb`: Grafana shows what is forwarded there"
    yield from _check_reports(file)
    for index, entry in enumerate(file.devices):
        profile = profiles.get(entry.profile)
        for place, text in (*_check_device(index, file), *_check_sources(entry, profile, file)):
            yield f"devices[{index}].{place}", text


def _check_channels(file: SiteFile) -> Iterator[tuple[str, str]]:
    known = [channel.id for channel in file.channels]
    for c, name in enumerate(known):
        if name in known[:c]:
            yield f"channels[{c}].id", f"{name!r} is also channels[{known.index(name)}]"
    users = [(f"routes[{r}]", route.channels) for r, route in enumerate(file.routes)]
    users += [(f"reports[{r}]", report.channels) for r, report in enumerate(file.reports)]
    users += [(f"people[{p}]", person.channels) for p, person in enumerate(file.people)]
    named = [
        (f"{place}.channels[{c}]", name) for place, names in users for c, name in enumerate(names)
    ]
    if file.still_here is not None:
        named.append(("still_here.channel", file.still_here.channel))
    for place, name in named:
        if name not in known:
            yield place, f"unknown channel {name!r}{did_you_mean(name, known)}"


def _check_reports(file: SiteFile) -> Iterator[tuple[str, str]]:
    contents = [(report.kind, report.language, report.calendar) for report in file.reports]
    for r, content in enumerate(contents):
        first = contents.index(content)
        if first < r:
            text = f"the same as reports[{first}]: write its formats and channels there"
            yield f"reports[{r}]", text


def _check_device(index: int, file: SiteFile) -> Iterator[tuple[str, str]]:
    entry = file.devices[index]
    ids = [device.id for device in file.devices]
    if entry.id in ids[:index]:
        yield "id", f"{entry.id!r} is also devices[{ids.index(entry.id)}]"
    for d, name in enumerate(entry.depends_on):
        if name not in ids or name == entry.id:
            hint = did_you_mean(name, [other for other in ids if other != entry.id])
            yield f"depends_on[{d}]", f"unknown device {name!r}{hint}"
    for d, name in enumerate(entry.power.feeds):
        if name not in ids or name == entry.id:
            hint = did_you_mean(name, [other for other in ids if other != entry.id])
            yield f"power.feeds[{d}]", f"unknown device {name!r}{hint}"
    if _depends_on_itself(entry.id, {device.id: device.depends_on for device in file.devices}):
        yield "depends_on", "goes round in a circle back to this device"


def _depends_on_itself(device: str, depends_on: Mapping[str, list[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(depends_on[device])
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += depends_on.get(name, [])
    return device in seen


def _check_sources(
    entry: DeviceEntry, profile: Profile | None, file: SiteFile
) -> Iterator[tuple[str, str]]:
    for model in dict.fromkeys(type(source) for source in entry.sources):
        siblings = [source for source in entry.sources if type(source) is model]
        for text in model.check_siblings(siblings):
            yield "sources", text
    for s, source in enumerate(entry.sources):
        for key, text in source.check(profile, file):
            yield f"sources[{s}].{key}", text
