"""The files of one log: the one that is being written, and the older parts beside it."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_PACKED = {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"}
_MOST = 50  # parts; a rotation that happened longer ago is not looked for
_LISTINGS = 10  # until two in a row agree
# What a rotation puts behind the name (`.1`, `-20261127`, `.old`), or before its ending (`.1.log`).
_BEHIND = re.compile(r"[._-]?(?:.*\d.*|old|bak|prev|~)", re.IGNORECASE)
_BEFORE = re.compile(r"[._-]?\d[\d._-]*")
# Forms of strftime in a path, each as the digits that it writes; names of months and days in any language.
_TOKEN = re.compile(r"(%[A-Za-z]|\*|\?|\[[^\]]*\])")
_LETTER = re.compile(r"\[[^\]]*\]|[A-Za-z]")  # or a set of them in brackets, which stays
_DIGITS = {4: "Y", 3: "j", 2: "mdyHIMSUWV", 1: "uw"}
_FORMS = {
    **{f"%{form}": "[0-9]" * count for count, forms in _DIGITS.items() for form in forms},
    **{f"%{form}": "*" for form in "bBhaAp"},
}


class LogPart(NamedTuple):
    """One file of a log as it lay in the folder a moment ago."""

    path: Path
    inode: int
    size: int  # bytes
    written: int  # ns, by the clock of the disk: of the last change


class LogFiles:
    """A path and what belongs to it; or all that fits a path with a pattern (`scan_%Y%m%d.log`, `*`)."""

    def __init__(self, path: Path) -> None:
        self._named = path
        self.path = path  # as the disk spells it: a share may not care for the case of letters
        self.is_pattern = is_pattern(path)

    def parts(self) -> list[LogPart]:
        """Oldest first; the last is the one being written, unless `path` itself is absent just now.

        OSError if the folder cannot be read. A rotation that goes on meanwhile could hide a part from
        one listing, so two in a row must agree.
        """
        before = self._listing()
        for _ in range(_LISTINGS):
            now = self._listing()
            if [part[:2] for part in now] == [part[:2] for part in before]:
                return now
            before = now
        raise BlockingIOError(11, "the log is rotated faster than its folder can be read")

    def spelt(self) -> Path:
        """The path as the disk spells it. OSError if the folder cannot be read."""
        self._spell([entry.name for entry in _files(self._named.parent)])
        return self.path

    def others(self) -> list[LogPart]:
        """All plain files of the folder, the last written first: whatever a part was renamed to."""
        if self.is_pattern:
            return []
        parts = [_part(Path(entry.path), entry.stat()) for entry in _files(self.path.parent)]
        return sorted(parts, key=lambda part: part.written, reverse=True)[:_MOST]

    def packed(self, after: int) -> list[str]:
        """Names of packed parts that were written after that time (ns): they cannot be read."""
        if self.is_pattern:
            return []
        return sorted(
            entry.name
            for entry in os.scandir(self.path.parent)
            if self._is_part(entry.name)
            and _is_packed(entry.name)
            and entry.stat().st_mtime_ns > after
        )

    def _listing(self) -> list[LogPart]:
        if self.is_pattern:
            paths = [path for path in _matches(self.path) if not _is_packed(path.name)]
        else:
            names = [entry.name for entry in _files(self._named.parent)]
            self._spell(names)
            paths = [self.path.with_name(name) for name in names if self._is_part(name)]
        parts = []
        for path in paths:
            try:
                status = path.stat()
            except FileNotFoundError:  # rotated away just now: the next listing differs
                continue
            parts.append(_part(path, status))
        parts.sort(
            key=lambda part: (
                part.path == self.path,
                _date_in(part.path, self._named) if self.is_pattern else (),
                part.written,
                _age(part.path.name),
            )
        )
        return parts[-_MOST:]

    def _spell(self, names: Sequence[str]) -> None:
        own = self._named.name
        alike = [name for name in names if name.casefold() == own.casefold()]
        is_other = own not in alike and len(alike) == 1
        self.path = self._named.with_name(alike[0]) if is_other else self._named

    def _is_part(self, name: str) -> bool:
        own, ending = self.path.name, self.path.suffix
        if name == own:
            return True
        if name.startswith(own):
            return _BEHIND.fullmatch(name[len(own) :]) is not None
        stem = self.path.stem
        is_between = bool(ending) and name.startswith(stem) and name.endswith(ending)
        return is_between and _BEFORE.fullmatch(name[len(stem) : -len(ending)]) is not None


def missing_between(older: LogPart, newer: LogPart) -> str:
    """Of one log whose older parts have higher numbers: in words, the numbers that lie between two parts that should be neighbours; empty if none."""
    first, second = _number(older.path.name), _number(newer.path.name) or 0
    if first is None or first - second < 2:
        return ""
    numbers = ", ".join(str(number) for number in range(first - 1, second, -1))
    return f"a part of the log is missing: number {numbers}"


def part_at(where: str) -> list[LogPart]:
    """The file of that path, if there still is one."""
    path = Path(where)
    try:
        return [_part(path, path.stat())] if where and path.is_file() else []
    except OSError:
        return []


def place_elsewhere(part: Path, log: Path) -> str:
    """Where a part lies if a link leads to another folder than the log's; else empty."""
    itself = Path(os.path.realpath(part))
    return "" if itself.parent == log.parent.absolute() else str(itself)


def is_pattern(path: Path) -> bool:
    """Has it wildcards, or forms of a date?"""
    return any(sign in str(path) for sign in ("*", "?", "[")) or any(
        form in str(path) for form in _FORMS
    )


def _matches(path: Path) -> list[Path]:
    """All files that fit, in whatever case of letters."""
    fixed = next(number for number, part in enumerate(path.parts) if is_pattern(Path(part)))
    wildcards = "/".join(path.parts[fixed:])
    for form, wildcard in _FORMS.items():
        wildcards = wildcards.replace(form, wildcard)
    wildcards = _LETTER.sub(_in_any_case, wildcards)
    return [match for match in Path(*path.parts[:fixed]).glob(wildcards) if match.is_file()]


def _date_in(path: Path, pattern: Path) -> tuple[str, ...]:
    """What the digits of the pattern's date are in a path, the year first; empty if it has no year.

    Whoever copies files may give them any time of change, so the name goes before.
    """
    forms, expression = list[str](), ""
    for token in _TOKEN.split(str(pattern)):
        if token in _FORMS and _FORMS[token] != "*":
            forms.append(token[1])
            expression += "(" + _FORMS[token] + ")"
        elif token in ("*", "?") or token in _FORMS:
            expression += ".*"
        else:
            expression += token if token.startswith("[") else re.escape(token)
    match = re.fullmatch(expression, str(path), re.IGNORECASE)
    if match is None or not {"Y", "y"} & set(forms) or not {"m", "j"} & set(forms):
        return ()
    digits = dict(zip(forms, match.groups(), strict=True))
    return tuple(digits.get(form, "") for form in "YymjdHMS")


def _in_any_case(match: "re.Match[str]") -> str:
    letter = match[0]
    return letter if letter.startswith("[") else f"[{letter.lower()}{letter.upper()}]"


def _files(folder: Path) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and not _is_packed(entry.name):
                yield entry


def _part(path: Path, status: os.stat_result) -> LogPart:
    return LogPart(path, status.st_ino, status.st_size, status.st_mtime_ns)


def _age(name: str) -> tuple[int, str]:
    """Sorts what was written in the same instant: `.2` is older than `.1`, the 27th than the 28th."""
    return (-(_number(name) or 0), name)


def _number(name: str) -> int | None:
    number = re.search(r"\.(\d{1,2})(?:\.|$)", name)
    return int(number[1]) if number else None


def _is_packed(name: str) -> bool:
    return Path(name).suffix.lower() in _PACKED
