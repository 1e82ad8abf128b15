"""The DICOM JSON model (PS3.18 annex F), as WADO-RS gives an object's metadata, by the same allow-list. Pure."""

import json
from collections.abc import Iterable, Mapping

from collectors.dicom.common.attributes import ALLOWED, read_decimal
from collectors.dicom.common.dataset import IMPLICIT_LITTLE, Attributes, read_dataset

_KEYS = {keyword: f"{tag:08X}" for keyword, (tag, _) in ALLOWED.items()}
_LONGEST_TEXT = 1024  # characters of a value that are looked at


class JsonAttributes(Attributes):
    """The allowed attributes of an object's metadata or of an item in it."""

    __slots__ = ("_members",)

    def __init__(self, members: Mapping[str, object]) -> None:
        empty = read_dataset(b"", IMPLICIT_LITTLE)
        super().__init__(empty._values, empty._syntax, empty._codec)
        self._members = {key: members[key] for key in _KEYS.values() if key in members}

    def texts(self, keyword: str) -> list[str]:
        """The values as text; empty if there is none."""
        return [
            _text(value)
            for value in self._list(keyword)
            if not isinstance(value, Mapping)  # a name, or an item
        ]

    def numbers(self, keyword: str) -> list[float]:
        """Those of the values that are numbers, written as such or as text."""
        decimals = (read_decimal(text) for text in self.texts(keyword))
        return [decimal for decimal in decimals if decimal is not None]

    def items(self, keyword: str) -> list[Attributes]:
        """The items of a sequence; empty if there is none."""
        return [JsonAttributes(each) for each in self._list(keyword) if isinstance(each, Mapping)]

    def item(self, keyword: str) -> Attributes:
        """The first item; one without attributes if there is none."""
        return next(iter(self.items(keyword)), JsonAttributes({}))

    def count(self, keyword: str) -> int:
        """How many items a sequence has."""
        return len(self.items(keyword))

    def _list(self, keyword: str) -> list[object]:
        member = self._members.get(_KEYS.get(keyword, ""))
        values = member.get("Value") if isinstance(member, Mapping) else None
        return values if isinstance(values, list) else []


_MEMBERS = {"vr", "Value", *_KEYS.values()}


def read_metadata(body: bytes) -> list[JsonAttributes]:
    """The objects of an answer. What is not allowed becomes no value. ValueError if it is no JSON of DICOM."""
    try:
        content = json.loads(body or b"[]", object_pairs_hook=_allowed)
    except RecursionError:
        raise ValueError from None
    objects = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) for each in objects):
        raise ValueError
    return [JsonAttributes(each) for each in objects]


def _allowed(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Also of each item within; some write the letters of a tag small."""
    named = ((key if key in _MEMBERS else key.upper(), value) for key, value in pairs)
    return {key: value for key, value in named if key in _MEMBERS}


def _text(value: object) -> str:
    """A number with all of its digits, and nothing for null."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT].strip(" \0\t\r\n")
    return "" if value is None or isinstance(value, bool) else repr(value)[:_LONGEST_TEXT]
