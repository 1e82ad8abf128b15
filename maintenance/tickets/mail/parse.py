"""From the bytes of a mail to what a ticket keeps of it. Pure, and never raises: strangers write mail."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from core.text.plain import readable, single_line
from maintenance.tickets.mail.charsets import header, raw_header, without_raw_bytes
from maintenance.tickets.mail.content import (
    Attachment,
    as_text,
    collect_files,
    content_of,
    every_part,
)
from maintenance.tickets.mail.html_text import html_to_text
from maintenance.tickets.mail.machine import ANSWER, MailVerdict, verdict_of

__all__ = ["Attachment", "Received", "html_to_text", "parse", "parse_beginning"]

LONGEST_TEXT = 200_000  # characters of one message; Scanward's default, no source
LONGEST_COPY = 500_000  # characters in which ours is looked for
MOST_TOKENS = 100  # a hostile mail has thousands
NO_TEXT = "(no text)"
CUT = "[the rest of the text was too long to keep]"
UNREADABLE = "(this mail could not be read: it is still in the mailbox)"

_CODE = r"([0-9a-f]{16})"
_IN_SUBJECT = re.compile(rf"\bSCW-{_CODE}\b", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"\+{_CODE}@", re.IGNORECASE)
_OUR_ID = re.compile(rf"(?<![0-9a-f]){_CODE}\.(\d{{1,15}})@", re.IGNORECASE)
_WHERE = (
    (_IN_SUBJECT, ("Subject",)),
    (_IN_ADDRESS, ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
    (_OUR_ID, ("In-Reply-To", "References", "Message-ID")),
)
# In the copy of ours that a mail server quotes, the bracket before it may be coded (=5B).
_IN_COPY = re.compile(rf"SCW-{_CODE}(?![0-9a-f])", re.IGNORECASE)
_COPIES = (
    "message/rfc822",
    "message/rfc822-headers",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
)
_STATUSES = ("message/delivery-status", "message/global-delivery-status")
_AN_ID = re.compile(r"[^<>@\s]@[^<>@\s]")


@dataclass(frozen=True, slots=True)
class Received:
    """What a ticket keeps of a mail. `mail_id` is its Message-ID, or made of its bytes."""

    mail_id: str
    sender: str
    subject: str
    tokens: tuple[str, ...]
    text: str
    verdict: MailVerdict = ANSWER
    ours: tuple[int, ...] = ()  # the numbers of our messages that a machine names
    attachments: list[Attachment] = field(default_factory=list)
    words: str = NO_TEXT  # its text without what is said of its attachments

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it, so nobody has read ours."""
        return self.verdict.outcome != "answer"


def parse(raw: bytes, largest: int) -> Received:
    """A mail's own words, quoted ones kept; attachments up to `largest` bytes each."""
    try:
        return _parsed(raw, largest)
    except Exception:  # noqa: BLE001  nested or broken beyond the standard library
        return parse_head(raw, UNREADABLE)


def parse_beginning(raw: bytes, note: str) -> Received:
    """A mail of which only the beginning is here: its head, what there is of its words, and `note`."""
    try:
        received = _parsed(raw, 0)
    except Exception:  # noqa: BLE001
        return parse_head(raw, note)
    words = "" if received.words == NO_TEXT else f"{received.words}\n"
    return replace(received, text=f"{words}{note}", attachments=[])


def parse_head(raw: bytes, text: str) -> Received:
    """Only what its head says, with `text` for its words."""
    try:
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(_from_its_head(raw))
        without_raw_bytes(head)
        tokens, verdict = _limited(_tokens_in_headers(head)), verdict_of(head, [], "")
        return Received(_mail_id(head, raw), _sender(head), _subject(head), tokens, text, verdict)
    except Exception:  # noqa: BLE001
        return Received(_digest_id(raw), "unknown", "", (), text, MailVerdict("automatic"))


def _parsed(raw: bytes, largest: int) -> Received:
    mail = message_from_bytes(_from_its_head(raw), policy=policy.compat32)
    parts = list(every_part(mail))
    for part in parts:
        without_raw_bytes(part)
    content = content_of(mail)
    text = readable(content.text)
    statuses = [as_text(part) for part in parts if part.get_content_type() in _STATUSES]
    verdict = verdict_of(mail, statuses, text)
    files = content.files
    if verdict.outcome in ("failed", "delayed"):
        # The report itself, and ours with all that went with it.
        files = [part for part in files if part.get_content_type() not in (*_COPIES, *_STATUSES)]
    collected = collect_files(files, largest)
    copies = [] if verdict.outcome == "answer" else list(_quoted_texts(parts, text))
    words = _cut(text) or NO_TEXT
    tokens = [token for part in parts for token in _tokens_in_headers(part)]
    tokens += [match[1].lower() for copy in copies for match in _IN_COPY.finditer(copy)]
    tokens += [token for token, _ in _our_ids(copies)]
    named = [raw_header(part, name) for part in parts for name in _WHERE[2][1]]
    return Received(
        mail_id=_mail_id(mail, raw),
        sender=_sender(mail),
        subject=_subject(mail),
        tokens=_limited(tokens),
        text="\n".join([words, *collected.notes]),
        words=words,
        verdict=verdict,
        ours=tuple(sorted({number for _, number in _our_ids([*named, *copies])}))[-MOST_TOKENS:],
        attachments=collected.files,
    )


def _from_its_head(raw: bytes) -> bytes:
    """Without what programs put before the first header: a byte order mark, empty lines."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def _quoted_texts(parts: Sequence[Message], text: str) -> Iterator[str]:
    """Where a machine's mail may quote ours: in its words, its report, the head that it sends back."""
    yield text
    for part in parts:
        kind = part.get_content_type()
        if kind.startswith("text/") or kind in (*_COPIES, *_STATUSES):
            yield as_text(part)[:LONGEST_COPY]


def _our_ids(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    for text in texts:
        for match in _OUR_ID.finditer(text):
            yield match[1].lower(), int(match[2])


def _tokens_in_headers(mail: Message) -> Iterator[str]:
    for pattern, names in _WHERE:
        for name in names:
            for match in pattern.finditer(f"{header(mail, name)} {raw_header(mail, name)}"):
                yield match[1].lower()


def _limited(tokens: Sequence[str] | Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokens))[:MOST_TOKENS]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n{CUT}"


def _mail_id(mail: Message, raw: bytes) -> str:
    """`<>` and `<@>` are none, and one that is cut could be that of another mail."""
    given = single_line(raw_header(mail, "Message-ID"))
    return given if _AN_ID.search(given) and len(given) <= 500 else _digest_id(raw)


def _digest_id(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@no-message-id>"


def _sender(mail: Message) -> str:
    return single_line(parseaddr(raw_header(mail, "From"))[1])[:320] or "unknown"


def _subject(mail: Message) -> str:
    return single_line(header(mail, "Subject"))[:500]
