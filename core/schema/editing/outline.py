"""Where each value of a YAML text begins and ends, as characters of the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import yaml

_BLANKS = " \t\r\n"  # YAML's; a no-break space is a letter
_BETWEEN = re.compile(
    rf"(?:[&!][^{_BLANKS}]*|#[^\n]*|[{_BLANKS}])*"
)  # tags, anchors, comments before what is meant


@dataclass(slots=True)
class YamlSpan:
    """One value. `end` is that of what is written, not of the comments below it."""

    kind: Literal["scalar", "alias", "mapping", "sequence"]
    start: int
    end: int
    is_flow: bool = True  # `[a]` and `{a: b}`; a scalar too
    quote: str = ""  # of a scalar: ', " or nothing
    keys: list["YamlSpan"] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # the keys as they are read
    children: list["YamlSpan"] = field(default_factory=list)

    def child(self, step: str | int) -> "YamlSpan | None":
        """The value under a key, or the item at a place; None if there is none."""
        if self.kind == "sequence" and isinstance(step, int) and step < len(self.children):
            return self.children[step]
        if self.kind == "mapping" and step in self.names:
            return self.children[self.names.index(str(step))]
        return None


def outline(text: str) -> YamlSpan:
    """The tree of a text with one document. yaml.YAMLError if it is no YAML."""
    events = iter(yaml.parse(text, yaml.CSafeLoader))
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            return _node(event, events, text)
    return YamlSpan("scalar", len(text), len(text))


def _node(event: yaml.Event, events: Iterator[yaml.Event], text: str) -> YamlSpan:
    start, end = _span(event)
    if isinstance(event, yaml.AliasEvent):
        return YamlSpan("alias", start, end)
    if isinstance(event, yaml.ScalarEvent):
        written = len(text[start:end].rstrip(_BLANKS))  # a block's blank lines are none of it
        quote = event.style if event.style in ("'", '"') else ""
        return YamlSpan("scalar", start, start + written, quote=quote)
    assert isinstance(event, yaml.CollectionStartEvent)
    is_mapping = isinstance(event, yaml.MappingStartEvent)
    node = YamlSpan("mapping" if is_mapping else "sequence", start, end, bool(event.flow_style))
    while not isinstance(event := next(events), yaml.CollectionEndEvent):
        if is_mapping:
            node.names.append(event.value if isinstance(event, yaml.ScalarEvent) else "")
            node.keys.append(_node(event, events, text))
            event = next(events)
        node.children.append(_node(event, events, text))
    node.end = _span(event)[1] if node.is_flow else node.children[-1].end
    return node


def _span(event: yaml.Event) -> tuple[int, int]:
    assert event.start_mark is not None and event.end_mark is not None  # noqa: PT018
    return event.start_mark.index, event.end_mark.index


def entry_start(text: str, node: YamlSpan, place: int) -> int:
    """Where the key of a mapping's entry begins, or the dash of a sequence's item."""
    if node.kind == "mapping":
        return node.keys[place].start
    if node.is_flow:
        return node.children[place].start
    match = _BETWEEN.match(text, node.start if place == 0 else node.children[place - 1].end)
    assert match is not None  # it matches nothing too
    return match.end()


def column(text: str, at: int) -> int:
    """How many characters stand before it on its line."""
    return at - (text.rfind("\n", 0, at) + 1)
