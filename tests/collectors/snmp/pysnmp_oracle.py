"""What pysnmp, which is not ours and older, makes of the same octets."""

from typing import Any, NamedTuple

from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.proto import api, rfc1902, rfc1905  # type: ignore[import-untyped]

from collectors.snmp.ber import Oid
from collectors.snmp.value import END, opaque


class PysnmpReply(NamedTuple):
    """A reply of v2c as pysnmp reads it."""

    community: bytes
    request_id: int
    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


def read_by_pysnmp(datagram: bytes) -> PysnmpReply | None:
    """None if pysnmp refuses it."""
    protocol = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    try:
        message, rest = decoder.decode(datagram, asn1Spec=protocol.Message())
        if rest or api.decodeMessageVersion(datagram) != api.SNMP_VERSION_2C:
            return None
        pdu = protocol.apiMessage.get_pdu(message)
        if pdu.tagSet != rfc1905.ResponsePDU.tagSet:
            return None
        pairs = [(tuple(oid), plain(value)) for oid, value in protocol.apiPDU.get_varbinds(pdu)]
        return PysnmpReply(
            bytes(protocol.apiMessage.get_community(message)),
            int(protocol.apiPDU.get_request_id(pdu)),
            int(pdu[1]),
            int(pdu[2]),
            pairs,
        )
    except Exception:  # noqa: BLE001  pysnmp and pyasn1 raise anything on foreign bytes
        return None


def plain(value: Any) -> object:
    """Its value as ours would be."""
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
