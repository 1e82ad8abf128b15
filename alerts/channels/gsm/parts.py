"""One notification as at most so many text messages: what is too long is cut, its id never."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from alerts.channels.base import Notification
from alerts.channels.gsm import alphabet


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What is sent: its texts in order, in one alphabet, and the number that joins them."""

    texts: tuple[str, ...]
    is_ucs2: bool
    reference: int  # 0 to 255; the same whenever the same delivery is sent


def message(notification: Notification, most_parts: int) -> TextMessage:
    """The title, then as many signs of the body as there is room for, then the delivery's id."""
    text = alphabet.cleaned(f"{notification.title}\n{notification.body}")
    end = f" #{notification.delivery}"
    plain = alphabet.as_septets_text(text)
    if plain is None:
        texts = _fitted(text, end, most_parts, _UCS2)
    else:
        texts = _fitted(plain, end, most_parts, _SEVEN_BIT)
    return TextMessage(texts, is_ucs2=plain is None, reference=notification.delivery % 256)


def room(most_parts: int, *, is_ucs2: bool) -> int:
    """How many signs of title and body go into so many parts, their ids and an ellipsis left out."""
    alphabet_room = _UCS2 if is_ucs2 else _SEVEN_BIT
    whole = alphabet_room.alone if most_parts == 1 else most_parts * alphabet_room.of_several
    return whole - _LONGEST_END


_LONGEST_END = len(" #1234567890...")


class _Room(NamedTuple):
    """What 140 octets hold in one alphabet.

    In one message of several a header of 6 octets tells which it is (3GPP TS 23.040, 9.2.3.24.1).
    """

    alone: int
    of_several: int
    ellipsis: str
    size: Callable[[str], int]  # of one sign


_SEVEN_BIT = _Room(160, 153, "...", lambda sign: len(alphabet.septets(sign)))
_UCS2 = _Room(70, 67, "…", lambda sign: len(alphabet.ucs2(sign)) // 2)


def _fitted(text: str, end: str, most_parts: int, room: _Room) -> tuple[str, ...]:
    texts = _split(text + end, room)
    if len(texts) <= most_parts:
        return texts
    # The parts that fit, without the end, are the most that can be left; cut back from there.
    left = "".join(texts[:most_parts])
    while len(texts := _split(f"{left.rstrip()}{room.ellipsis}{end}", room)) > most_parts:
        left = left[:-1]
    return texts


def _split(text: str, room: _Room) -> tuple[str, ...]:
    """Parts that are full but for a sign of two units that would be torn."""
    if sum(map(room.size, text)) <= room.alone:
        return (text,)
    parts, filled = [""], 0
    for sign in text:
        needed = room.size(sign)
        if filled + needed > room.of_several:
            parts.append("")
            filled = 0
        parts[-1] += sign
        filled += needed
    return tuple(parts)
