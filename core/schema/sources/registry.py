"""The kinds of source, a line each. All else that is known of a kind lies in the places it names."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ValidationInfo

from core.schema.kinds import class_named, read_by_kind
from core.schema.sources.base import SourceEntry


class SourceKind(NamedTuple):
    """Where a kind of source lives; each place is imported only when a file or a site uses it."""

    collector: str  # the package with `sources(site, sink, now)`: see collectors/load.py
    entry: str = ""  # `module:class` of its SourceEntry; empty: every site has it, no file names it


KINDS: dict[str, SourceKind] = {
    "snmp": SourceKind("collectors.snmp", "core.schema.sources.snmp:SnmpSource"),
    "logfile": SourceKind("collectors.logfile", "core.schema.sources.logfile:LogSource"),
    "mqtt": SourceKind("collectors.mqtt", "core.schema.sources.mqtt:MqttSource"),
    "pacs": SourceKind("collectors.dicom.archive", "core.schema.sources.pacs:PacsSource"),
    "dicom": SourceKind("collectors.dicom.echo", "core.schema.sources.dicom:DicomSource"),
    "prometheus": SourceKind(
        "collectors.prometheus", "core.schema.sources.prometheus:PrometheusSource"
    ),
    "manual": SourceKind("collectors.manual"),
    "plug_use": SourceKind("collectors.plug_use"),
    "receiver": SourceKind("collectors.dicom.receiver"),
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
    place = KINDS[kind].entry
    if not place:
        raise KeyError(kind)
    model = class_named(place)
    assert issubclass(model, SourceEntry)
    return model


def _by_its_kind(raw: object, info: ValidationInfo) -> SourceEntry:
    if isinstance(raw, SourceEntry):
        return raw
    return read_by_kind(raw, info, entry_model, named_kinds())


Source = Annotated[SourceEntry, BeforeValidator(_by_its_kind)]
