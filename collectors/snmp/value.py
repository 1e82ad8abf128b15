"""What an agent's values mean beyond plain numbers and texts."""

import struct
from typing import Final

END: Final = object()  # endOfMibView: a walk is over

# net-snmp sends floats inside Opaque: tag 0x9f78 (float) or 0x9f79 (double), then the length.
_OPAQUE_FLOATS = {b"\x9f\x78\x04": ">f", b"\x9f\x79\x08": ">d"}


def opaque(octets: bytes) -> bytes | float:
    """The float that net-snmp puts inside; the octets themselves if there is none."""
    form = _OPAQUE_FLOATS.get(octets[:3])
    if form is None or len(octets) != 3 + struct.calcsize(form):
        return octets
    return float(struct.unpack(form, octets[3:])[0])
