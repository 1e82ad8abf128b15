"""What of the site file leaves: an allow-list of keys. Whatever else is set is only said to be set."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from core.schema.secret import Secret
from core.schema.site import DeviceEntry

LEFT_OUT = "[left out]"

# Whose values leave if they are numbers, durations, switches or words of our own schema. Names, rooms,
# serials, hosts, addresses, paths, people and all that a person wrote freely stand in none of them.
KEYS = frozenset(
    """
    language calendar currency read_from batch gzip timeout verify raw minutes hours audit journal
    same_disk every keep port tls proxy_headers idle longest demo security plus_address largest_mb
    kind baud parts severities formats
    profile version poll silent_after recheck history via max_age listen
    """.split()  # noqa: SIM905  a list would be thirty lines
)
# That are looked into.
PARTS = frozenset(
    """
    storage influxdb retention backup broker dicom listen http access oidc grafana mail smtp imap channels
    routes windows notices reports still_here heartbeat devices sources covered power tls
    """.split()  # noqa: SIM905
)


def site_summary(model: BaseModel) -> dict[str, Any]:
    """The keys of the allow-list with their values, of the rest that they are set; what has its default is absent."""
    summary = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        field = type(model).model_fields[name]
        if name != "kind" and value == field.get_default(call_default_factory=True):
            continue
        is_device = name == "id" and isinstance(model, DeviceEntry)
        summary[name] = value if is_device else _left(name, value)
    return summary


def _left(name: str, value: object) -> Any:
    if isinstance(value, Secret) or name not in KEYS | PARTS:
        return LEFT_OUT
    if isinstance(value, BaseModel):
        return site_summary(value) if name in PARTS else LEFT_OUT
    if isinstance(value, list | tuple):
        return [_left(name, item) for item in value]
    if isinstance(value, Mapping):
        return LEFT_OUT
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and name in KEYS else LEFT_OUT
