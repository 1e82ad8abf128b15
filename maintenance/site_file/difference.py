"""What differs between two texts of the site file, to read; and the way back from it. Pure."""

import difflib
import re
from collections.abc import Iterable, Sequence

from core.errors import RefusedError

HIDDEN = "(secret)"


def unified(before: str, after: str, secrets: Iterable[str] = ()) -> str:
    """The unified diff, three lines around each change; what is in `secrets` is not shown.

    A secret stands in the file only where an SNMP community was written out.
    """
    lines = difflib.unified_diff(_lines(before), _lines(after), "before", "after", lineterm="")
    diff = "\n".join(line.rstrip("\r") for line in lines)
    for secret in secrets:
        diff = re.sub(rf"(:\s*['\"]?){re.escape(secret)}(?=['\"]?\s*(?:[,}}#]|$))",
                      rf"\g<1>{HIDDEN}", diff, flags=re.MULTILINE)  # fmt: skip
    return diff


def reversed_in(current: str, before: str, after: str) -> str:
    """The current text without the change from `before` to `after`.

    RefusedError if what it changed, or the lines beside it, are others by now.
    """
    then, now = _lines(after), _lines(current)
    places_now = _places(then, now)
    result, done = [], 0
    for tag, start, end, first, last in _opcodes(then, _lines(before)):
        if tag == "equal":
            continue
        around = range(max(start - 1, 0), min(end + 1, len(then)))
        places = [places_now.get(line) for line in around]
        at = places[0]
        if at is None or places != list(range(at, at + len(places))):
            raise RefusedError(
                "what it changed was changed again since: it cannot be taken back by itself"
            )
        begin = at + (start - around.start)
        result += [*now[done:begin], *_lines(before)[first:last]]
        done = begin + (end - start)
    return "\n".join([*result, *now[done:]])


def _places(then: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Where each line of then stands now, of those that are still there."""
    return {
        start + step: first + step
        for tag, start, end, first, _ in _opcodes(then, now)
        if tag == "equal"
        for step in range(end - start)
    }


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _lines(text: str) -> list[str]:
    return text.split("\n")
