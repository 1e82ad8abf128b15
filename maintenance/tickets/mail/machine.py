"""Whether a mail is a machine's, and whether it says that ours did not arrive. Pure.

A machine's mail never answers a ticket: nobody has read ours (RFC 3834). In doubt it is a machine's: the
clock of a contract then runs on, and a person who reads the message can say that it was an answer. What
comes by a list, or in bulk, is in doubt, for robots answer with the same headers.
"""

import re
from collections.abc import Sequence
from email.message import Message
from email.utils import parseaddr
from typing import Literal, NamedTuple

from core.text.plain import single_line
from maintenance.tickets.mail import machine_words as words
from maintenance.tickets.mail.charsets import header, raw_header
from maintenance.tickets.mail.content import own_parts

Outcome = Literal["answer", "automatic", "delayed", "failed"]

_ACTION = re.compile(r"^Action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_DIAGNOSTIC = re.compile(
    r"^Diagnostic-Code:[ \t]*((?:.+)(?:\r?\n[ \t].+)*)", re.IGNORECASE | re.MULTILINE
)
_STATUS = re.compile(r"^Status:[ \t]*([45]\.\d+\.\d+)", re.IGNORECASE | re.MULTILINE)
_BEGINNING, _FIRST_WORDS = (
    4000,
    300,
)  # characters of a text in which a mail server says what happened
_LONGEST_REASON = 200
_PRECEDENCES = ("Precedence", "X-Precedence", "Preference")
_TOKEN = re.compile(r"\[?SCW-[0-9a-f]{16}", re.IGNORECASE)
_TAGS = re.compile(r"(\[(?!SCW-)[^\]]*\]\s*)+", re.IGNORECASE)  # `[EXTERNAL]`, by a mail gateway


class MailVerdict(NamedTuple):
    """What a mail is. `reason` says why ours did not arrive, or not yet; empty for every other."""

    outcome: Outcome
    reason: str = ""


ANSWER = MailVerdict("answer")


def verdict_of(mail: Message, statuses: Sequence[str], text: str) -> MailVerdict:
    """Whose mail it is. `statuses` are the texts of its delivery reports (RFC 3464), `text` its words."""
    status = "\n".join(statuses)
    actions = {match[1].lower() for match in _ACTION.finditer(status)}
    if not actions and (code := _STATUS.search(status)):  # not as RFC 3464 has it
        actions = {"failed" if code[1].startswith("5") else "delayed"}
    if actions:
        outcome: Outcome = "automatic"
        outcome = "delayed" if "delayed" in actions else outcome
        outcome = "failed" if "failed" in actions else outcome
    elif not _is_machine(mail, text):
        return ANSWER
    else:
        outcome = _outcome_in_words(mail, text)
    is_about_ours = outcome in ("failed", "delayed")
    return MailVerdict(outcome, _reason(status, text) if is_about_ours else "")


def _is_machine(mail: Message, text: str) -> bool:
    submitted = header(mail, "Auto-Submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted not in ("", "no") or any(map(_is_receipt, own_parts(mail))):
        return True
    marks = {name for name in mail if words.MARKS.fullmatch(name)}
    if any(header(mail, name).strip().lower() not in words.NO for name in marks):
        return True
    is_bulk = any(words.PRECEDENCE.search(header(mail, name).lower()) for name in _PRECEDENCES)
    return is_bulk or _is_from_nobody(mail) or _is_in_subject(mail) or _is_declared(text)


def _is_receipt(part: Message) -> bool:
    """A report, or an answer that a calendar sends (RFC 3462, 8098, 5546)."""
    kind = part.get_content_type()
    if kind == "text/calendar":
        return str(part.get_param("method", "")).lower() in ("reply", "counter")
    return kind in ("multipart/report", "message/disposition-notification")


def _is_from_nobody(mail: Message) -> bool:
    path = raw_header(mail, "Return-Path").replace(" ", "").lower()
    if path.startswith(("<>", "<mailer-daemon")):
        return True
    name, sender = parseaddr(raw_header(mail, "From"))
    nobody = (name.strip().lower(), sender.strip().lower(), _address(mail, "Reply-To"))
    is_nobody = any(words.NOBODY.search(text) for text in nobody)
    return is_nobody or words.DAEMONS.match(_address(mail, "From")) is not None


def _is_in_subject(mail: Message) -> bool:
    before, after = _around_token(mail)
    begins = any(pattern.match(before) for pattern in (words.RECEIPT, words.RETURNED))
    is_before = begins or any(pattern.search(before) for pattern in (words.AWAY, words.OPENED))
    is_answer = words.ANSWERED.match(before) is not None
    return bool(is_before and not is_answer) or words.AT_END.search(after) is not None


def _around_token(mail: Message) -> tuple[str, str]:
    """What others put before our own subject, without the tags of gateways, and what stands behind."""
    subject = single_line(header(mail, "Subject"))
    before, _, after = _TOKEN.sub("\0", subject, count=1).partition("\0")
    return (_TAGS.sub("", before) or before).lstrip(" *"), after


def _is_declared(text: str) -> bool:
    """In the first words of a text, before what it quotes."""
    beginning = words.QUOTED.split(text[:_BEGINNING], maxsplit=1)[0][:_FIRST_WORDS]
    is_note = words.NOTE.search(beginning) and words.UNTIL.search(beginning)
    return bool(is_note or words.DECLARED.search(beginning))


def _address(mail: Message, name: str) -> str:
    return parseaddr(raw_header(mail, name))[1].strip().lower()


def _outcome_in_words(mail: Message, text: str) -> Outcome:
    """Of a machine's mail without a delivery report that can be read."""
    (before, _), beginning = _around_token(mail), text[:_BEGINNING]
    is_unasked = raw_header(mail, "Return-Path").replace(" ", "").startswith("<>")
    is_returned = bool(
        words.RETURNED.match(before)
        or words.DAEMONS.match(_address(mail, "From"))
        or header(mail, "X-Failed-Recipients").strip()
        or header(mail, "X-MS-Exchange-Message-Is-Ndr").strip()
        or (is_unasked and not words.AWAY.search(before) and words.RETURNED.search(beginning))
    )
    if not is_returned or words.ARRIVED.search(before):
        return "automatic"
    is_late = words.LATE.search(beginning) and not words.GIVEN_UP.search(beginning)
    return "delayed" if words.LATE.search(before) or is_late else "failed"


def _reason(status: str, text: str) -> str:
    """The server's own words, in one line."""
    diagnostic, code = _DIAGNOSTIC.search(status), _STATUS.search(status)
    if diagnostic:
        return single_line(diagnostic[1])[:_LONGEST_REASON]
    lines = [single_line(line) for line in text[:_BEGINNING].split("\n") if line.strip()]
    telling = [line for line in lines if words.REASON.search(line)]
    line = next(iter([*telling, *lines]), "")
    return " ".join(part for part in (code[1] if code else "", line) if part)[:_LONGEST_REASON]
