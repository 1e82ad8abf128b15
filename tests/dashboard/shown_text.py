"""Every word that a page shows, of whatever kind: what is written, what a field is called, its help and choices."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

# What is no word on the screen.
_UNSEEN = re.compile(r"<(style|script|template)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"\b(?:title|alt|aria-label|placeholder)=(\"[^\"]*\"|'[^']*')")
_TAG = re.compile(r"<[^>]*>")
_DIRECTIVE = re.compile(
    r":material/\w+:|:[a-z-]+(?=\[)"
)  # of Streamlit's Markdown: an icon, a colour
# Of an element of Streamlit: the fields of its message that a person reads.
_FIELDS = frozenset(
    ["label", "help", "placeholder", "options", "body", "content", "value", "text", "title", "caption", "formatted_options"]
)  # fmt: skip


def html_texts(html: str) -> Iterator[str]:
    """What stands between the tags, and in the attributes that are read aloud or shown below the pointer."""
    seen = _UNSEEN.sub(" ", html)
    for match in _ATTRIBUTE.finditer(seen):
        yield unescape(match[1][1:-1])
    for text in _TAG.split(seen):
        if text.strip():
            yield unescape(text)


def page_texts(test: AppTest) -> Iterator[str]:
    """All of a page that was driven."""
    for node in _nodes(test._tree):
        proto = getattr(node, "proto", None)
        if proto is not None:
            for text in _strings(proto):
                yield from html_texts(_DIRECTIVE.sub("", text))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_MESSAGE:
            for part in values:
                if hasattr(part, "ListFields"):
                    yield from _strings(part)
        elif field.type == field.TYPE_STRING and field.name in _FIELDS:
            yield from values
