"""The kinds of source that a site file may name."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from core.schema.sources.logfile import LogSource
from core.schema.sources.mqtt import MqttSource
from core.schema.sources.snmp import SnmpSource

SourceKind = Literal["snmp", "mqtt", "logfile"]


def _source_kind(source: object) -> str:
    kind = source.get("kind") if isinstance(source, dict) else getattr(source, "kind", None)
    return str(kind)


Source = Annotated[
    Annotated[SnmpSource, Tag("snmp")]
    | Annotated[MqttSource, Tag("mqtt")]
    | Annotated[LogSource, Tag("logfile")],
    Discriminator(_source_kind),
]
