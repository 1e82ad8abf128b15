"""pysnmp's values as plain Python ones."""

import struct
from typing import Final

from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902, rfc1905  # type: ignore[import-untyped]

END: Final = object()  # endOfMibView: a walk is over

# net-snmp sends floats inside Opaque: tag 0x9f78 (float) or 0x9f79 (double), then the length.
_OPAQUE_FLOATS = {b"\x9f\x78\x04": ">f", b"\x9f\x79\x08": ">d"}


def plain(value: object) -> object:
    """int, float, bytes or str; None where the agent has no value; END after its last one."""
    if isinstance(value, rfc1905.EndOfMibView):
        return END
    # noSuchObject and noSuchInstance are Nulls too, and a Null is an OctetString: order matters.
    if isinstance(value, univ.Null):
        return None
    if isinstance(value, rfc1902.IpAddress | univ.ObjectIdentifier):
        return str(value.prettyPrint())
    if isinstance(value, rfc1902.Opaque):
        return opaque(bytes(value))
    if isinstance(value, univ.OctetString):
        return bytes(value)
    return int(value) if isinstance(value, univ.Integer) else None


def opaque(octets: bytes) -> bytes | float:
    """The float that net-snmp puts inside; the octets themselves if there is none."""
    form = _OPAQUE_FLOATS.get(octets[:3])
    if form is None or len(octets) != 3 + struct.calcsize(form):
        return octets
    return float(struct.unpack(form, octets[3:])[0])
