"""Which device of the site an AE title, a station name or a serial number is. Pure.

A serial number is stamped on the machine, an AE title and a station name were typed once by an
installer and are copied with a console's configuration: so the serial decides, then the AE title, then
the station name. A name that two devices have names nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource

EXAMINATIONS = "examination_count"
_LONGEST = 64  # characters of a foreign name, as LO has at most (PS3.5 6.2)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class SenderNames(NamedTuple):
    """By what an object or an association names the machine it came from; empty: not given."""

    ae_titles: tuple[str, ...] = ()
    station_name: str = ""
    serial: str = ""

    @property
    def label(self) -> str:
        """How a person finds it: `station CT99`; no device's id has a space. Empty without any name."""
        named = (
            *(("AE title", title) for title in self.ae_titles),
            ("station", self.station_name),
            ("serial", self.serial),
        )
        kind, name = next(((kind, name) for kind, name in named if name.strip()), ("", ""))
        return f"{kind} {_UNPRINTABLE.sub('?', name.strip()[:_LONGEST])}" if kind else ""


def titles_of(device: Device) -> list[str]:
    """Its AE titles: those that it sends with, and those by which its sources ask it."""
    own = (getattr(source, "ae_title", None) for source in device.sources)
    return list(dict.fromkeys([*device.dicom.ae_titles, *(title for title in own if title)]))


class DeviceNames:
    """The names of the devices of a site."""

    def __init__(self, site: Site) -> None:
        devices = site.devices.values()
        self._serials = _unambiguous((_serial(own.serial), own.id) for own in devices)
        self._titles = _unambiguous((title, own.id) for own in devices for title in titles_of(own))
        self._stations = _unambiguous(
            (_station(name), own.id) for own in devices for name in own.dicom.station_names
        )

    @property
    def all(self) -> list[list[tuple[str, str]]]:
        """Every name and whose it is: another list, and a series may be of another device."""
        return [sorted(names.items()) for names in (self._serials, self._titles, self._stations)]

    def device(self, sender: SenderNames) -> str | None:
        """The id of the device; None if none has such a name."""
        titles = (self._titles.get(title.strip()) for title in sender.ae_titles)
        return (
            self._serials.get(_serial(sender.serial))
            or next((device for device in titles if device), None)
            or self._stations.get(_station(sender.station_name))
        )


def _titles(device: Device) -> Iterator[str]:
    """Those that the site file gives it, and where a scanner is asked by C-ECHO that one."""
    yield from device.dicom.ae_titles
    if EXAMINATIONS in device.profile.metrics:  # a PACS that passes images on has not made them
        yield from (own.ae_title for own in device.sources if isinstance(own, DicomSource))


def _serial(text: str) -> str:
    """Letters and digits: `0022-041` is written `22041` elsewhere."""
    return "".join(char for char in text.casefold() if char.isalnum()).lstrip("0")


def _station(text: str) -> str:
    return " ".join(text.split()).casefold()


def _unambiguous(names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    owners: dict[str, set[str]] = {}
    for name, device in names:
        if name:
            owners.setdefault(name, set()).add(device)
    return {name: next(iter(own)) for name, own in owners.items() if len(own) == 1}
