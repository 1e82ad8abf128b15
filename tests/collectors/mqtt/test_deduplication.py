"""A message that the broker sends again is known, however many were on their way when the line was lost."""

from collectors.mqtt.connection import ReceivedMessage
from collectors.mqtt.deduplication import Deduplicator
from core.readings import Batch

IN_FLIGHT = 1000  # what our broker file lets be unacknowledged


class Positions:
    """What is stored, and how many octets of it each message writes."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}
        self.written = 0

    def position(self, key: str) -> str | None:
        return self.stored.get(key)

    async def append(self, batch: Batch) -> None:
        raise NotImplementedError  # only positions are asked of this sink

    def taken(self, deduplicator: Deduplicator, *messages: ReceivedMessage) -> None:
        for message in messages:
            positions = deduplicator.remember(message, Batch(), dated=False).positions
            self.stored.update(positions)
            self.written += sum(map(len, positions.values()))

    def connected(self, *, session_present: bool = True) -> Deduplicator:
        return Deduplicator(self, "scanward", session_present=session_present)


def message(number: int) -> ReceivedMessage:
    return ReceivedMessage("tele/x/SENSOR", b'{"t": 21.5}', number, qos=1, mid=number % 65_535 + 1)


def test_all_that_may_be_on_their_way_are_known_after_a_restart() -> None:
    sink = Positions()
    sink.taken(sink.connected(session_present=False), *map(message, range(5000)))

    again = sink.connected()

    assert all(again.is_duplicate(message(number)) for number in range(5000 - IN_FLIGHT, 5000))
    assert not again.is_duplicate(message(5000))
    assert not again.is_duplicate(message(100)), "its packet id may be that of another by now"


def test_after_several_restarts_the_newest_are_known() -> None:
    sink = Positions()
    for start in range(0, 5000, 500):
        sink.taken(
            sink.connected(session_present=start > 0), *map(message, range(start, start + 500))
        )

    assert all(sink.connected().is_duplicate(message(n)) for n in range(5000 - IN_FLIGHT, 5000))


def test_a_new_session_begins_its_packet_ids_anew_and_so_what_was_stored_is_forgotten() -> None:
    sink = Positions()
    sink.taken(sink.connected(session_present=False), *map(message, range(3000)))

    fresh = sink.connected(session_present=False)
    assert not fresh.is_duplicate(message(2999))
    sink.taken(fresh, message(7))

    assert sink.connected().is_duplicate(message(7))
    assert not sink.connected().is_duplicate(message(2999))


def test_what_the_version_before_had_stored_is_known() -> None:
    sink = Positions()
    sink.taken(sink.connected(session_present=False), message(1))
    (row,) = [value for key, value in sink.stored.items() if key.endswith(":0")]
    sink.stored = {"mqtt:taken:scanward": row.split()[1]}

    assert sink.connected().is_duplicate(message(1))


def test_a_message_alone_writes_little() -> None:
    sink = Positions()
    deduplicator = sink.connected(session_present=False)
    sink.taken(deduplicator, *map(message, range(100)))
    sink.written = 0

    sink.taken(deduplicator, *map(message, range(100, 1100)))

    assert sink.written / 1000 < 700
