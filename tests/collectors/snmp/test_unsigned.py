"""What pysnmp reads of numbers whose highest bit looks like a sign; it reads the answers of SNMPv3."""

from typing import Any

import pytest
from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902, rfc1905  # type: ignore[import-untyped]

from collectors.snmp.unsigned import teach_pysnmp
from tests.collectors.snmp.ber import integer, oid, tlv


@pytest.fixture(autouse=True)
def _taught() -> None:
    teach_pysnmp()


@pytest.mark.parametrize(
    ("kind", "encoded", "expected"),
    [
        (rfc1902.Counter32, tlv(0x41, b"\xff\xff\xff\xf0"), 4294967280),
        (rfc1902.Counter32, tlv(0x41, b"\x00\xff\xff\xff\xf0"), 4294967280),
        (rfc1902.Gauge32, tlv(0x42, b"\x80"), 128),
        (rfc1902.TimeTicks, tlv(0x43, b"\x90\x00\x00\x00"), 0x90000000),
        (rfc1902.Counter64, tlv(0x46, b"\xff" * 8), 2**64 - 1),
        (rfc1902.Integer32, integer(-7), -7),
    ],
)
def test_a_number_is_read_as_its_type_says(kind: Any, encoded: bytes, expected: int) -> None:
    number, rest = decoder.decode(encoded, asn1Spec=kind())

    assert int(number) == expected
    assert not rest


def test_within_a_varbind_it_is_read_too() -> None:
    encoded = tlv(0x30, oid((1, 3, 6, 1, 2, 1)) + tlv(0x41, b"\xff\xff\xff\xf0"))

    varbind, _ = decoder.decode(encoded, asn1Spec=rfc1905.VarBind())

    assert "4294967280" in varbind.prettyPrint()


def test_what_does_not_fit_is_refused_as_before() -> None:
    with pytest.raises(PyAsn1Error):
        decoder.decode(tlv(0x41, b"\x01" * 12), asn1Spec=rfc1902.Counter32())
