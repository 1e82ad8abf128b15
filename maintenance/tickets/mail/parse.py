"""From the bytes of a mail to what a ticket keeps of it. Pure, and never raises: strangers write mail."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import NamedTuple

LONGEST_TEXT = 200_000  # characters of one message; Scanward's default, no source
MOST_ATTACHMENTS = 50
NO_TEXT = "(no text)"

_CODE = r"([0-9a-f]{16})"
_IN_SUBJECT = re.compile(rf"\bSCW-{_CODE}\b", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"\+{_CODE}@", re.IGNORECASE)
_IN_REFERENCE = re.compile(rf"<{_CODE}\.\d+@", re.IGNORECASE)
_WHERE = (
    (_IN_SUBJECT, ("Subject",)),
    (_IN_ADDRESS, ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
    (_IN_REFERENCE, ("In-Reply-To", "References", "Message-ID")),
)


class Attachment(NamedTuple):
    """A file that came with a mail. `data` is None if it was larger than is kept."""

    name: str
    media_type: str
    size: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """What a ticket keeps of a mail. `mail_id` is its Message-ID, or made of its bytes."""

    mail_id: str
    sender: str
    subject: str
    tokens: tuple[str, ...]
    text: str
    is_automatic: bool  # an out-of-office note or a bounce: nobody has read ours
    attachments: list[Attachment] = field(default_factory=list)


def parse(raw: bytes, largest: int) -> Received:
    """A mail's own words, quoted ones kept; attachments up to `largest` bytes each."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    parts = list(_parts(mail))
    texts = [_decoded(part) for part in parts if _is_text(part, "text/plain")]
    if not any(text.strip() for text in texts):
        texts = [html_to_text(_decoded(part)) for part in parts if _is_text(part, "text/html")]
    text = "\n\n".join(text.strip() for text in texts if text.strip()).replace("\r\n", "\n")
    files = [_attachment(part, largest) for part in parts if _is_file(part)][:MOST_ATTACHMENTS]
    lost = [
        f"[attachment {a.name} of {a.size} bytes was too large to keep]"
        for a in files
        if a.data is None
    ]
    full_text = "\n".join([_plain(text)[:LONGEST_TEXT] or NO_TEXT, *lost])
    digest = hashlib.sha256(raw).hexdigest()
    given = " ".join(_header(mail, "Message-ID").split())
    return Received(
        mail_id=given[:500] or f"<{digest}@no-message-id>",
        sender=_plain(parseaddr(_header(mail, "From"))[1])[:320] or "unknown",
        subject=_plain(_header(mail, "Subject"))[:500],
        tokens=tuple(dict.fromkeys(token for part in [mail, *parts] for token in _tokens(part))),
        text=full_text,
        is_automatic=_is_automatic(mail),
        attachments=files,
    )


def _parts(mail: Message) -> Iterator[Message]:
    """Every leaf; a mail inside the mail (a bounce has ours) is a leaf and looked into for tokens."""
    try:
        for part in mail.walk():
            if not part.is_multipart() or part.get_content_type() == "message/rfc822":
                yield part
    except (RecursionError, AttributeError, TypeError):
        return  # nested without end: what was seen so far


def _tokens(mail: Message) -> Iterator[str]:
    for pattern, names in _WHERE:
        for name in names:
            for match in pattern.finditer(_header(mail, name)):
                yield match[1].lower()
    if mail.get_content_type() == "text/rfc822-headers":
        yield from (match[1].lower() for match in _IN_SUBJECT.finditer(_decoded(mail)))


def _header(mail: Message, name: str) -> str:
    """All headers of that name, decoded; what cannot be decoded as it stands."""
    texts = []
    for value in mail.get_all(name) or []:
        raw = str(value)
        try:
            texts.append(str(make_header(decode_header(raw))))
        except (ValueError, LookupError, UnicodeError):
            texts.append(raw)
    return " ".join(texts)


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_file(part)


def _is_file(part: Message) -> bool:
    has_name = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    return has_name or part.get_content_maintype() not in ("text", "multipart", "message")


def _decoded(part: Message) -> str:
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _attachment(part: Message, largest: int) -> Attachment:
    if part.get_content_type() == "message/rfc822":
        data = b"".join(
            inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message)
        )
    else:
        body = part.get_payload(decode=True)
        data = body if isinstance(body, bytes) else b""
    name = _file_name(part)
    is_small = len(data) <= largest
    return Attachment(name, part.get_content_type(), len(data), data if is_small else None)


def _file_name(part: Message) -> str:
    """The last part of whatever path was given; a name that can hurt no file system."""
    try:
        given = str(make_header(decode_header(part.get_filename() or "")))
    except (ValueError, LookupError, UnicodeError, TypeError):
        given = ""
    last = re.split(r"[\\/]", _plain(given))[-1]
    return re.sub(r'[<>:"|?*]', "_", last).strip(". ")[:120] or "attachment"


def _is_automatic(mail: Message) -> bool:
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    is_report = mail.get_content_type() == "multipart/report"
    return is_report or submitted not in ("", "no") or bool(_header(mail, "X-Autoreply"))


def _plain(text: str) -> str:
    """Without signs that nobody sees; line ends and tabs stay."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()


class _Text(HTMLParser):
    _BREAKS = frozenset(
        {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"}
    )
    _SILENT = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag in self._BREAKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in self._BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> str:
    """The words of an HTML mail, a line where it had one; scripts and styles are left out."""
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        return re.sub(r"<[^>]*>", " ", html)  # broken beyond the parser: the words without tags
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
