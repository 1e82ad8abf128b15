"""A text of any length is read in a time that grows with it, not with its square."""

import time

import pytest

from maintenance.bundle.privacy import Scrubber

LENGTH = 100_000  # signs: a log line that never ended
LONGEST = 6.0  # seconds of the processor; the square would take minutes

REPEATED = [
    *("1", "1-", "-", "1 ", "(0", "a", "a ", "a b ", "a-", "a_1", "x 1 ", ",1", "1.", "۱", "\u200b"),
    *("/", "a/", "\\", "^", "a^", "@", "a@", "https://", "PID|", "a:", "id: ", "name ", "patient", "Mr. "),
    *("&#49;", "&amp;", "amp;", "=30", "%31", "\\u0031", "U+", "=", "='", "0x41 ", "zero ", "jan 1 "),
    *("1jan", "0010,0010", "[removed]", "[removed]-", "شماره ", "12 Jawza ", "72 ", "male "),
]  # fmt: skip
ONCE = [
    f"&{'amp;' * (LENGTH // 4)}",
    f"&#{'9' * LENGTH};",
    f"&#x{'0' * LENGTH}31;",
    f"id:{' ' * LENGTH}x",
    f"1{'-' * LENGTH}1",
    "\\" * LENGTH + "u0031",
    f"72{' ' * LENGTH}male",
    f"شماره{':' * LENGTH}1",
]


@pytest.mark.servers  # as long as one
@pytest.mark.parametrize("text", [*(sign * (LENGTH // len(sign)) for sign in REPEATED), *ONCE])
def test_a_long_text_is_read_in_time(text: str) -> None:
    begin = time.process_time()
    Scrubber.of().scrub(text)
    assert time.process_time() - begin < LONGEST


def test_ten_times_the_length_takes_no_hundred_times_as_long() -> None:
    def seconds(length: int) -> float:
        begin = time.process_time()
        Scrubber.of().scrub("1-" * length)
        return time.process_time() - begin

    assert seconds(20_000) < 40 * max(seconds(2_000), 0.001)
