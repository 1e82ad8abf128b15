"""A device as somebody types it: what of it goes to the site file, and what into files of secrets. Pure."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from core.schema.editing.address import Raw
from core.schema.editing.change import Add, Change, Put, Remove

# Given the name of a secret and its text, the reference that stands in the site file: `file:PATH`.
WriteSecret = Callable[[str, str], str]
NO_TOPIC = "-"  # stands for a topic that was not chosen yet: what is there is asked with it
PUBLIC = "public"  # an SNMP community that everybody knows is no secret


@dataclass(frozen=True)
class TypedSettings:
    """Settings of a source, or of the broker, and its secrets by their key: `user.auth_password`."""

    settings: Mapping[str, Raw]
    secrets: Mapping[str, str] = field(default_factory=dict)

    def entry(self, name: str, write_secret: WriteSecret) -> dict[str, Raw]:
        """The mapping of the site file; what was left empty is left out."""
        mapping: dict[str, Raw] = {
            key: value for key, value in self.settings.items() if value not in ("", None)
        }
        for key, text in self.secrets.items():
            if text:
                reference = (
                    text
                    if text == PUBLIC
                    else write_secret(f"{name}-{key.replace('.', '-')}", text)
                )
                _put(mapping, key.split("."), reference)
        return mapping


@dataclass(frozen=True)
class DeviceDraft:
    """A new device, or what one shall be."""

    id: str
    name: str
    profile: str
    room: str = ""
    depends_on: tuple[str, ...] = ()
    sources: tuple[TypedSettings, ...] = ()
    broker: TypedSettings | None = None  # of the site, if it has none yet

    def changes(self, write_secret: WriteSecret) -> list[Change]:
        """What adds it to a site file."""
        device: dict[str, Raw] = {"id": self.id, "name": self.name, "profile": self.profile}
        if self.room:
            device["room"] = self.room
        if self.depends_on:
            device["depends_on"] = list(self.depends_on)
        if self.sources:
            device["sources"] = list(self._sources(write_secret))
        return [*self._broker(write_secret), Add("devices", device)]

    def changes_of(
        self, before: "DeviceDraft", removed: Collection[int], write_secret: WriteSecret
    ) -> list[Change]:
        """What makes the device `before` this one: without the sources at those places, with its own besides."""
        at = f"devices[id={before.id}]"
        fields = [("name", self.name, before.name), ("room", self.room, before.room)]
        changes: list[Change] = [Put(f"{at}.{key}", new) for key, new, old in fields if new != old]
        if self.depends_on != before.depends_on:
            changes.append(Put(f"{at}.depends_on", list(self.depends_on)))
        changes += [Remove(f"{at}.sources[{place}]") for place in sorted(removed, reverse=True)]
        changes += [Add(f"{at}.sources", source) for source in self._sources(write_secret)]
        return [*self._broker(write_secret), *changes]

    def _sources(self, write_secret: WriteSecret) -> list[Raw]:
        return [source.entry(self.id, write_secret) for source in self.sources]

    def _broker(self, write_secret: WriteSecret) -> list[Change]:
        if self.broker is None:
            return []
        return [Put("broker", self.broker.entry("broker", write_secret))]


def removal(device: str) -> list[Change]:
    """What takes a device out of a site file."""
    return [Remove(f"devices[id={device}]")]


def proposed_id(name: str, kind: str, known: Collection[str]) -> str:
    """`ups-of-the-ct` of `UPS of the CT`; with a number where it is known, by its kind where nothing is Latin."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:30].strip("-")
    if not re.search("[a-z]", base):
        base = f"{kind or 'device'}-{base}".rstrip("-") if base else kind or "device"
    if base not in known:
        return base
    return next(
        each for number in range(2, len(known) + 3) if (each := f"{base}-{number}") not in known
    )


def _put(mapping: dict[str, Raw], keys: list[str], text: str) -> None:
    first, *rest = keys
    if not rest:
        mapping[first] = text
        return
    inner = mapping.get(first)
    copy = dict(inner) if isinstance(inner, dict) else {}
    _put(copy, rest, text)
    mapping[first] = copy
