"""The words of an HTML mail, as a browser would show them. Pure, and never raises.

HTML leaves out many end tags. What a browser shows is all that stands outside a title, a style and a
script; an end tag of `head` is not needed, and where the body begins each of these has ended.
"""

import re
from html import unescape
from html.parser import HTMLParser

LONGEST_HTML = 1_000_000  # characters that are read; Scanward's default, no source

_SILENT = ("title", "style", "script", "template")
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr", "pre", "ul"}
)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
# `[^<>]`, for what looks at `[^>]` to the end of the text from each `<` takes hours with hostile mail.
_OPENING = re.compile(rf"<({'|'.join(_SILENT)})\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = ""  # the element whose words nobody sees

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._silent = ""
        elif tag in _SILENT:
            self._silent = self._silent or tag
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag in _BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> str:
    """The words of an HTML mail, a line where it had one; scripts and styles are left out."""
    html = _with_ends_before_body(html[:LONGEST_HTML])
    reader = _TextReader()
    try:
        reader.feed(html)
        reader.handle_data(unescape(_TAG.sub(" ", reader.rawdata)))  # `close` would take hours
    except (AssertionError, ValueError):
        reader.parts = []  # broken beyond the parser
    # What an element without an end has swallowed is shown rather than lost.
    words = "".join(reader.parts)
    words = words if words.strip() else unescape(_TAG.sub(" ", html))
    lines = [" ".join(line.split()) for line in words.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _with_ends_before_body(html: str) -> str:
    """The same with an end tag, before the body, for each silent element that has none there."""
    body = _BODY.search(html)
    if body is None:
        return html
    head, rest = html[: body.start()], html[body.start() :]
    while (opening := _last_opening(head)) is not None:
        head = f"{head}</{opening}>"
    return head + rest


def _last_opening(head: str) -> str | None:
    """The silent element that is open at the end of the head."""
    at = 0
    while opening := _OPENING.search(head, at):
        name = opening[1].lower()
        end = re.compile(rf"</{name}\b", re.IGNORECASE).search(head, opening.end())
        if end is None:
            return name
        at = end.end()
    return None
