"""An agent of SNMPv3 with one user: octets in, octets out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from collectors.snmp.ber import message_id
from collectors.snmp.explain import NOT_IN_TIME_WINDOW, UNKNOWN_ENGINE_ID
from collectors.snmp.usm import EngineTime, UsmUser, keys
from collectors.snmp.v3_message import SIGNED, compose, read_body, read_secured, scoped, secured
from tests.collectors.snmp.ber import GET, REPORT, RESPONSE, Pair, Request, integer, oid, tlv

WINDOW_S = 150


@dataclass
class V3Agent:
    """Its clock stands, unless it is set."""

    user: UsmUser
    engine_id: bytes = b"\x80\x00\x1f\x88\x04agent"
    moment: EngineTime = field(default_factory=lambda: EngineTime(7, 1000))
    salt: int = 0

    def asked(self, datagram: bytes) -> Request | None:
        """The question in a request; None if it is to be answered with `report`."""
        message = read_secured(datagram)
        if message.engine_id != self.engine_id:
            return None
        boots, seconds = message.moment
        if message.flags & SIGNED and (
            boots != self.moment.boots or abs(seconds - self.moment.seconds) > WINDOW_S
        ):
            return None
        pdu = read_body(datagram, message, self.user, keys(self.user, self.engine_id))
        oids = [arcs for arcs, _ in pdu.pairs]
        return Request(3, b"", GET, pdu.request_id, pdu.error_index, oids)

    def report(self, datagram: bytes) -> bytes:
        """Why it does not answer: another engine id, or another time."""
        number = message_id(datagram) or 0
        if read_secured(datagram).engine_id == self.engine_id:
            return self.whole(number, _pdu(REPORT, 0, [(NOT_IN_TIME_WINDOW, integer(1, 0x41))]))
        pdu = _pdu(REPORT, 0, [(UNKNOWN_ENGINE_ID, integer(1, 0x41))])
        nobody = UsmUser(b"", "md5", b"", "des", b"")
        body = scoped(self.engine_id, pdu)
        return compose(number, 0, self.engine_id, self.moment, nobody, b"", body)

    def response(self, datagram: bytes, pairs: Sequence[Pair]) -> bytes:
        """Its signed and encrypted answer."""
        asked = self.asked(datagram)
        assert asked is not None
        return self.answered(datagram, asked, pairs)

    def answered(self, datagram: bytes, asked: Request, pairs: Sequence[Pair]) -> bytes:
        """Its answer to a question that it need not have read itself."""
        return self.whole(message_id(datagram) or 0, _pdu(RESPONSE, asked.id, pairs))

    def whole(self, number: int, pdu: bytes) -> bytes:
        """A message of this content."""
        self.salt += 1
        own = keys(self.user, self.engine_id)
        return secured(number, self.engine_id, self.moment, self.user, own, self.salt, pdu)


def _pdu(kind: int, request_id: int, pairs: Sequence[Pair]) -> bytes:
    varbinds = b"".join(tlv(0x30, oid(arcs) + value) for arcs, value in pairs)
    return tlv(kind, integer(request_id) + integer(0) + integer(0) + tlv(0x30, varbinds))
