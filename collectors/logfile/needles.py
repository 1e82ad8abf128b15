"""What a text must hold for a pattern to match in it: looking for a few letters costs a tenth of a search. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

_parser: Any = import_module(
    "re._parser"
)  # Python's own; private, so that nothing is a pity if it is another
_SHORTEST = 3  # letters; fewer are found everywhere

Needles = tuple[str, ...]


@lru_cache(1024)
def wanted(pattern: str, flags: re.RegexFlag) -> "WantedPattern":
    """The pattern, taken apart once."""
    return WantedPattern(pattern, flags)


class WantedPattern:
    """A pattern that is searched only where a text may hold it."""

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self._regex = re.compile(pattern, flags)
        self._needles = needles(pattern, flags)
        # Beyond ASCII a letter may stand for another one in other case (the sign of Kelvin for a k).
        self._needs_ascii = "(?" in pattern and re.search(r"\(\?[a-zA-Z]*i", pattern) is not None

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """The first match in a text, which is also given in small letters."""
        if self._needles and (not self._needs_ascii or text.isascii()):
            for needle in self._needles:
                if needle in lowered:
                    break
            else:
                return None
        return self._regex.search(text)


def needles(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Needles:
    """Letters, small ones, of which each text that matches holds at least one; none if there are none to name."""
    try:
        best = _best(_candidates(_parser.parse(pattern, flags)))
    except (AttributeError, TypeError, ValueError):  # another Python takes patterns apart otherwise
        return ()
    return best if all(len(needle) >= _SHORTEST for needle in best) else ()


def _candidates(tree: Iterable[Any]) -> list[Needles]:
    """Each part of a sequence that a match must hold, as the letters of which one stands there."""
    parts, run = list[Needles](), ""
    for kind, content in tree:
        name = str(kind)
        if name == "LITERAL" and content < 0x80:
            run += chr(content).lower()
            continue
        if name == "AT":  # of no width
            continue
        parts.append((run,))
        run = ""
        if name == "SUBPATTERN":
            parts += _candidates(content[-1])
        elif name == "BRANCH":
            parts.append(sum((_best(_candidates(branch)) or ("",) for branch in content[1]), ()))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and content[0]:
            parts += _candidates(content[-1])
    return [*parts, (run,)]


def _best(candidates: list[Needles]) -> Needles:
    """The one whose shortest letters are the longest."""
    return max(candidates, key=lambda some: min(map(len, some), default=0), default=())
