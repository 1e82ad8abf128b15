"""Teaches pysnmp to read unsigned numbers that agents send without the leading zero that BER wants.

Read with a sign they are negative, and pysnmp throws away the whole answer. SNMPv3 needs this; v1 and
v2c are read by ber.py.
"""

from collections.abc import Iterator
from typing import Any

from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]
from pyasn1.codec.streaming import readFromStream  # type: ignore[import-untyped]
from pyasn1.error import SubstrateUnderrunError  # type: ignore[import-untyped]
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902  # type: ignore[import-untyped]

from collectors.snmp.ber import unsigned

_BITS = {
    **dict.fromkeys((rfc1902.Counter32, rfc1902.Gauge32, rfc1902.Unsigned32), 32),
    rfc1902.TimeTicks: 32,
    rfc1902.Counter64: 64,
}


class _UnsignedDecoder(decoder.IntegerPayloadDecoder):  # type: ignore[misc]
    """As that of an integer, without a sign."""

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def valueDecoder(  # noqa: N802  pyasn1's name; it gives these by position
        self, substrate: Any, spec: Any, tags: Any, length: int, *_: object, **options: Any
    ) -> Iterator[Any]:
        content: Any = b""
        for content in readFromStream(substrate, length, options):
            if isinstance(content, SubstrateUnderrunError):
                yield content
        number = unsigned(bytes(content), self._bits)
        yield self._createComponent(spec, tags, -1 if number is None else number, **options)


def teach_pysnmp() -> None:
    """To be done once, before an answer is read."""
    for kind, bits in _BITS.items():
        kind.typeId = univ.Integer.getTypeId()
        decoder.TYPE_MAP[kind.typeId] = _UnsignedDecoder(bits)
