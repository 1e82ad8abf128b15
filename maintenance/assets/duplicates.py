"""Serial numbers that two machines have, or a part that is in two: a slip of the pen, or two makers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from core.schema.site import Device

Key = tuple[str, ...]


class SharedSerial(NamedTuple):
    """The serial number of a record, and the asset that has it too."""

    serial: str
    other: str


class SerialHolders:
    """Which assets have a serial number: as their own, or as that of a part of this name."""

    def __init__(self, known: Mapping[str, Mapping[Key, Any]], devices: Sequence[Device]) -> None:
        """`known` are the records by sheet and key; `devices` those of the site file."""
        self._known = known
        self._holders: dict[Key, list[str]] = {}
        for (name,), asset in known["assets"].items():
            self._add(("", asset.serial), name)
        for device in devices:
            if (device.id,) not in known["assets"]:
                self._add(("", device.serial), device.id)
        for key, component in known["components"].items():
            if not component.removed_on:
                self._add((component.name, component.serial), key[0])

    def shared(self, sheet: str, key: Key) -> Iterator[SharedSerial]:
        """What the record has in common with another asset. A word without a digit is no number."""
        record: Any = self._known[sheet].get(key)
        if sheet not in ("assets", "components") or not any(map(str.isdigit, record.serial)):
            return
        if sheet == "components" and record.removed_on:
            return
        about = (record.name if sheet == "components" else "", record.serial)
        others = [name for name in self._holders.get(_folded(about), ()) if name != key[0]]
        for other in others[:1]:
            yield SharedSerial(record.serial, other)

    def _add(self, about: Key, holder: str) -> None:
        self._holders.setdefault(_folded(about), []).append(holder)


def _folded(about: Key) -> Key:
    return tuple(" ".join(part.split()).casefold() for part in about)
