"""The words and the files of a mail, out of its parts. Pure.

Of alternatives the plain one is taken, else the richest that has words; what is neither words nor an
alternative of them is a file. Nothing else is left out.
"""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import Message
from typing import NamedTuple

from core.text.plain import single_line
from maintenance.tickets.mail.charsets import body_of, decoded, decoded_name
from maintenance.tickets.mail.html_text import html_to_text

MOST_ATTACHMENTS = 50
MOST_NAMED = 100  # files that are not kept, each named in the text
LONGEST_NAME = 120
# What mail programs send without a name.
_NAMES = {"message/rfc822": "message.eml", "text/calendar": "invitation.ics"}


class Attachment(NamedTuple):
    """A file that came with a mail. `data` is None if it was larger than is kept."""

    name: str
    media_type: str
    size: int
    data: bytes | None


class MailContent(NamedTuple):
    """The words of a part, and the parts of it that are files."""

    text: str
    files: list[Message]


class MailFiles(NamedTuple):
    """The files of a mail, and a line for each of which nothing is kept."""

    files: list[Attachment]
    notes: list[str]


def every_part(mail: Message) -> Iterator[Message]:
    """The mail and all that is in it, mails inside the mail too, in order."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(_children(part)))


def own_parts(mail: Message) -> Iterator[Message]:
    """The mail and its parts, without what is in the mails inside it."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        yield part
        if part.get_content_maintype() != "message":
            waiting.extend(reversed(_children(part)))


def content_of(part: Message, *, is_whole: bool = True) -> MailContent:
    """Words and files of a part. `is_whole`: it is the mail itself, whose text is no file."""
    kind, children = part.get_content_type(), _children(part)
    if children and kind.startswith("multipart/"):
        contents = [content_of(child, is_whole=False) for child in children]
        files = [file for content in contents for file in content.files]
        if kind == "multipart/alternative":
            return MailContent(_chosen(children, contents), files)
        texts = [content.text for content in contents if content.text.strip()]
        return MailContent("\n\n".join(texts), files)
    is_attached = part.get_content_disposition() == "attachment"
    is_named = part.get_filename() is not None and not is_whole
    if kind == "text/html" and not is_attached and not is_named:
        return MailContent(html_to_text(decoded(part)), [])
    is_text = kind in ("text/plain", "text/markdown") or kind.startswith(
        "multipart/"
    )  # without any parts: broken
    if is_text and not is_attached and not is_named:
        return MailContent(decoded(part).strip(), [])
    return MailContent("", [part])


def collect_files(parts: Sequence[Message], largest: int) -> MailFiles:
    """The files with at most `largest` bytes each, and the names of the others."""
    files: list[Attachment] = []
    notes: list[str] = []
    count = 0
    for part in parts:
        file = _attachment(part, largest)
        if file.data and count == MOST_ATTACHMENTS:
            notes.append(f"[attachment {file.name} was not kept: {MOST_ATTACHMENTS} are the most]")
            continue
        files.append(file)
        count += bool(file.data)
        if file.data is None:
            notes.append(f"[attachment {file.name} of {file.size} bytes was too large to keep]")
        elif not file.data:
            notes.append(f"[attachment {file.name} is empty]")
    more = len(notes) - MOST_NAMED
    return MailFiles(files, [*notes[:MOST_NAMED], *([f"[and {more} more]"] if more > 0 else [])])


def as_text(part: Message) -> str:
    """A part as it stands: its text, or the headers of the blocks that it is made of."""
    blocks = _children(part)
    if not blocks:
        return decoded(part)
    return "\n".join(f"{name}: {value}" for block in blocks for name, value in block.raw_items())


def _children(part: Message) -> list[Message]:
    if not part.is_multipart():
        return []
    payload = part.get_payload()
    children = [child for child in payload if isinstance(child, Message)]
    if len(children) == 1 and part.get_content_maintype() == "message":
        return [_decoded_mail(part, children[0])]
    return children


def _decoded_mail(part: Message, inner: Message) -> Message:
    """RFC 2046 lets nobody encode a mail within a mail; mail servers do (base64)."""
    if inner.keys() or inner.is_multipart() or not part.get("Content-Transfer-Encoding"):
        return inner
    coded = Message()
    coded["Content-Transfer-Encoding"] = part["Content-Transfer-Encoding"]
    coded.set_payload(inner.get_payload())
    return message_from_bytes(body_of(coded), policy=policy.compat32)


def _chosen(children: Sequence[Message], contents: Sequence[MailContent]) -> str:
    """The words of alternatives, from the plainest to the richest (RFC 2046, 5.1.4)."""
    texts = [content.text for content in contents]
    plain = [
        text
        for child, text in zip(children, texts, strict=True)
        if child.get_content_type() == "text/plain"
    ]
    return next((text for text in [*plain, *reversed(texts)] if text.strip()), "")


def _attachment(part: Message, largest: int) -> Attachment:
    kind, inner = part.get_content_type(), _children(part)
    data = b"".join(_as_bytes(child) for child in inner) if inner else body_of(part)
    is_small = len(data) <= largest
    return Attachment(_file_name(part, kind), kind, len(data), data if is_small else None)


def _as_bytes(mail: Message) -> bytes:
    try:
        return mail.as_bytes()
    except (ValueError, LookupError, AttributeError, TypeError):
        return as_text(mail).encode("utf-8", "replace")


def _file_name(part: Message, kind: str) -> str:
    """The last part of whatever path was given; a name that can hurt no file system."""
    given = single_line(decoded_name(part.get_filename()))
    last = re.split(r"[\\/]", given)[-1]
    name = re.sub(r'[<>:"|?*]', "_", last).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME:
        ending = f"{dot}{ending}"[:20] if stem else ""
        name = name[: LONGEST_NAME - len(ending)] + ending
    return name or _NAMES.get(kind, "attachment")
