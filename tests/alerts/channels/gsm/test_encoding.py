"""What leaves for the network is what a telephone reads, in parts of 140 octets, with its id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.base import Notification
from alerts.channels.gsm import alphabet
from alerts.channels.gsm.parts import TextMessage, message, room
from alerts.channels.gsm.pdu import pdus
from tests.alerts.channels.gsm.decoder import AFTER_ESCAPE, BASIC, NAMED, Read, read_pdu

SEVEN_BIT = "".join(
    [
        *(NAMED.get(sign, sign) for sign in BASIC if sign not in ("ESC", "CR")),
        *AFTER_ESCAPE.values(),
    ]
).replace("\f", "")
NUMBER = "+93700000000"


def notification(title: str, body: str = "", delivery: int = 34) -> Notification:
    return Notification(delivery, "critical", resolved=False, title=title, body=body)


def read(sent: TextMessage, number: str = NUMBER) -> list[Read]:
    return [read_pdu(pdu.octets, pdu.length) for pdu in pdus(number, sent)]


def joined(sent: TextMessage) -> str:
    return "".join(part.text for part in read(sent))


def test_a_known_text_is_packed_as_everybody_packs_it() -> None:
    assert alphabet.packed(alphabet.septets("hellohello")).hex() == "e8329bfd4697d9ec37"


@given(
    st.one_of(
        st.text(SEVEN_BIT), st.text("ابتجچحخدرزسشعغفقکگلمنوهیۀۀ‌ ۰۱۲۳۴۵"), st.text(), st.text("^a€")
    ),
    st.integers(1, 10),
    st.integers(0, 2**40),
)
def test_every_text_comes_whole_or_cut_in_parts_that_fit_with_the_id_at_its_end(
    text: str, most: int, delivery: int
) -> None:
    sent = message(notification(text, delivery=delivery), most)
    parts = read(sent)
    assert 1 <= len(parts) <= most
    whole = "".join(part.text for part in parts)
    end = f" #{delivery}"
    assert whole.endswith(end)
    words = alphabet.cleaned(f"{text}\n")
    words = words if sent.is_ucs2 else alphabet.as_septets_text(words) or ""
    begin = whole.removesuffix(end)
    if begin != words:
        ellipsis = "…" if sent.is_ucs2 else "..."
        assert begin.endswith(ellipsis)
        assert words.startswith(begin.removesuffix(ellipsis))
        assert len(parts) == most
        assert max(part.octets for part in parts) >= 138, "cut only where there is no room"
    if len(parts) > 1:
        assert [part.part for part in parts] == [
            (delivery % 256, len(parts), at + 1) for at in range(len(parts))
        ]


@given(st.text(SEVEN_BIT, min_size=1))
def test_the_whole_alphabet_of_seven_bit_goes_without_ucs2(text: str) -> None:
    sent = message(notification(f"a{text}b"), 10)
    assert not sent.is_ucs2
    assert joined(sent).startswith(f"a{text}b"[:100])


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 156, 1), ("a" * 157, 2), ("€" * 78, 1), ("€" * 79, 2), ("ه" * 66, 1), ("ه" * 67, 2)],
)
def test_160_septets_or_70_letters_are_one_message_with_the_id_in_it(text: str, parts: int) -> None:
    assert len(message(notification(text), 9).texts) == parts


@pytest.mark.parametrize(("sign", "is_ucs2"), [("a", False), ("ه", True)])
@pytest.mark.parametrize("parts", [1, 2, 3, 10])
def test_what_a_channel_says_it_takes_goes_uncut(sign: str, is_ucs2: bool, parts: int) -> None:
    longest = sign * (room(parts, is_ucs2=is_ucs2) - 1)  # a line's end is between title and body
    text = joined(message(notification("", longest, delivery=2_000_000_000), parts))
    assert text == f"{longest} #2000000000"


def test_a_pair_of_ucs2_and_an_escape_are_never_torn() -> None:
    for filling in range(8):
        assert "😀" * 200 in joined(message(notification("ه" * filling + "😀" * 200), 10))
        assert "{" * 300 in joined(message(notification("a" * filling + "{" * 300), 10))


def test_dari_goes_as_ucs2_title_first_then_the_body() -> None:
    sent = message(notification("بحرانی: MRI: هلیوم کم است", "از ۱۴:۰۵\nهلیوم: ۵۸ ٪"), 3)
    assert sent.is_ucs2
    assert joined(sent) == "بحرانی: MRI: هلیوم کم است\nاز ۱۴:۰۵\nهلیوم: ۵۸ ٪ #34"


def test_a_degree_sign_does_not_halve_the_room() -> None:
    sent = message(notification("Room 31 °C – “hot”…", "Was 21.5\u202f°C \u2212 limit ≤ 28"), 3)
    assert not sent.is_ucs2
    assert joined(sent) == 'Room 31 C - "hot"...\nWas 21.5 C - limit <= 28 #34'


def test_what_a_modem_would_take_for_a_command_is_no_part_of_a_message() -> None:
    sent = message(notification("a\x1ab\x1b\x00c\r\nd\re", "\ud800"), 3)
    assert joined(sent) == "a b  c\nd\ne\n\ufffd #34"


def test_the_same_delivery_is_the_same_message_each_time() -> None:
    first, again = (message(notification("x" * 400), 3) for _ in range(2))
    assert first == again
    assert message(notification("x" * 400, delivery=35), 3).reference != first.reference


@pytest.mark.parametrize("number", ["+93700000000", "1234", "0799123456", "+123456789012345"])
def test_the_number_is_dialled_as_it_is_written(number: str) -> None:
    assert {part.number for part in read(message(notification("x" * 400), 3), number)} == {number}
