"""The kinds of source, a line each. All else that is known of a kind lies in the places it names."""

from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticKnownError

from core.schema.sources.base import SourceEntry


class SourceKind(NamedTuple):
    """Where a kind of source lives; each place is imported only when a file or a site uses it."""

    collector: str  # the package with `sources(site, sink, now)`: see collectors/load.py
    entry: str = ""  # `module:class` of its SourceEntry; empty: every site has it, no file names it


KINDS: dict[str, SourceKind] = {
    "snmp": SourceKind("collectors.snmp", "core.schema.sources.snmp:SnmpSource"),
    "logfile": SourceKind("collectors.logfile", "core.schema.sources.logfile:LogSource"),
    "mqtt": SourceKind("collectors.mqtt", "core.schema.sources.mqtt:MqttSource"),
    "manual": SourceKind("collectors.manual"),
}


def named_kinds() -> list[str]:
    """The kinds that a site file and a profile may name."""
    return [kind for kind, place in KINDS.items() if place.entry]


def kinds_of(entries: Iterable[SourceEntry]) -> list[str]:
    """The kinds of these entries, each once, in the order of KINDS."""
    used = {entry.kind for entry in entries}
    return [kind for kind in KINDS if kind in used]


def unnamed_kinds() -> list[str]:
    """The kinds that every site has without naming them."""
    return [kind for kind, place in KINDS.items() if not place.entry]


def entry_model(kind: str) -> type[SourceEntry]:
    """The model of a kind's entries in the site file. KeyError if no file may name the kind."""
    module, _, name = KINDS[kind].entry.partition(":")
    if not module:
        raise KeyError(kind)
    model = getattr(import_module(module), name)
    assert isinstance(model, type)
    assert issubclass(model, SourceEntry)
    return model


def _by_its_kind(raw: object, info: ValidationInfo) -> SourceEntry:
    if isinstance(raw, SourceEntry):
        return raw
    kind = str(raw.get("kind")) if isinstance(raw, dict) else "None"
    if kind not in named_kinds():
        known = ", ".join(f"'{name}'" for name in named_kinds())
        context = {"discriminator": "kind", "tag": kind, "expected_tags": known}
        raise PydanticKnownError("union_tag_invalid", context)
    return entry_model(kind).model_validate(raw, context=info.context)


Source = Annotated[SourceEntry, BeforeValidator(_by_its_kind)]
