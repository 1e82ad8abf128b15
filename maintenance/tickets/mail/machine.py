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
from maintenance.tickets.mail.charsets import header, raw_header

Outcome = Literal["answer", "automatic", "delayed", "failed"]

# Any of these, whatever it holds but a no. Lists: RFC 2369 and 2919; the rest is custom.
_MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "X-Failed-Recipients",
    "X-MS-Exchange-Message-Is-Ndr",
    "X-MS-Exchange-Inbox-Rules-Loop",
    "List-Id",
    "List-Help",
    "List-Post",
    "List-Owner",
    "List-Unsubscribe",
)
_NO = ("", "no", "none", "false", "0", "null")
_PRECEDENCE = re.compile(r"auto[-_]?reply|bulk|junk|list")
_DAEMONS = re.compile(
    r"(mailer-daemon|postmaster|mail[-_]?daemon|microsoftexchange[0-9a-f]+)([+.@]|$)"
)
_NOBODY = re.compile(
    r"(no|do?[-_.]?not|dont)[-_.]?(reply|respond|answer)|nichtantworten|nicht[-_.]antworten|noresponder"
    r"|no[-_.]responder|ne[-_.]?pas[-_.]?repondre|nao[-_.]?responda|non[-_.]?rispondere"
    r"|auto[-_.]?(respond|reply|responder|mailer|notification)|bounces?([-_.+@]|$)|nobody([-_.+@]|$)"
)
_AWAY = re.compile(
    r"auto(matic|mated|matisch\w*|matisk\w*|matická|mated)?[-_ ]?(re(ply|sponse|spond\w*)|antwort|antwoord|"
    r"svar|odpověď|mail)\b|auto:|\bautosvar|out of (the )?office|ooo\b|i am away|away from|on vacation"
    r"|vacation|abwesen|nicht im (büro|haus)|réponse automatique|absence du bureau|absent du bureau"
    r"|respuesta automática|fuera de la oficina|risposta automatica|fuori (sede|ufficio)"
    r"|resposta automática|ausência|fora do escritório|afwezig|frånvaro|fravær|poissa|automaattinen"
    r"|odpowiedź automatyczna|automatikus válasz|răspuns automat|αυτόματη απάντηση|автоответ"
    r"|автоматический ответ|автоматична відповідь|otomatik (yanıt|cevap)|ofis dışında|自動(応答|返信|回覆)"
    r"|不在通知|自动(回复|答复)|不在办公室|자동 ?(회신|응답)|부재중|(ال)?رد (ال)?تلقائي|خارج المكتب|پاسخ خودکار"
    r"|جواب خودکار|خارج از دفتر|תשובה אוטומטית|מענה אוטומטי|स्वचालित उत्तर",
    re.IGNORECASE,
)
# What a vendor's ticket system puts before our own subject.
_OPENED = re.compile(
    r"\b(received|created|opened|registered|logged|acknowledg\w+|eröffnet|eingegangen|erstellt|reçue?|créée?"
    r"|recibid[oa]|cread[oa]|ricevut[oa]|зарегистрирован\w*|ثبت شد|دریافت شد)\b",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"undeliver\w*( mail)?\b|un?deliverable|failure notice|(mail )?deliver\w* (\w+ )?(failed|failure|has failed)"
    r"|mail delivery (failed|system|subsystem)|delivery status notification|delivery (incomplete|problem|error)"
    r"|returned mail|mail returned|message (not|could not be) delivered|could not be delivered|non[- ]deliver"
    r"|warning: (could not send|message)|unzustellbar|nicht zustellbar|non remis|échec d|no se puede entregar"
    r"|no entregado|non recapitabile|mancato recapito|não é possível entregar|não entregue|onbestelbaar"
    r"|olevererat|kan inte levereras|kunne ikke leveres|niedostarczaln|nedoručiteln|не удается доставить"
    r"|не доставлено|недоставлен|teslim edilemedi|未送达|无法(传递|投递)|系统退信|退信|配信不能|配信できません"
    r"|배달되지|تعذر التسليم|غير قابل للتسليم|تحویل نشد|تحویل داده نشد|ناموفق",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"\(delay\)|delay(ed)?\b|delivery incomplete|not yet been delivered|still being retried|will (be )?retr(y|ied)"
    r"|will keep trying|continue trying|temporary problem|could not send message for past|verzögert|retardé"
    r"|retrasado|ritardat|atrasad|vertraagd|отложен|задерж|延迟|遅延|تاخیر|تأخیر|تأخر",
    re.IGNORECASE,
)
_ARRIVED = re.compile(
    r"success|relayed:|delivered:|delivery receipt|read:|not read:|gelesen:|lu :", re.IGNORECASE
)
_ACTION = re.compile(r"^Action:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_DIAGNOSTIC = re.compile(
    r"^Diagnostic-Code:[ \t]*((?:.+)(?:\r?\n[ \t].+)*)", re.IGNORECASE | re.MULTILINE
)
_STATUS = re.compile(r"^Status:[ \t]*(\d\.\d+\.\d+)", re.IGNORECASE | re.MULTILINE)
_REASON = re.compile(
    r"\b5\d\d[ -]|\b[45]\.\d+\.\d+|no such|unknown|n[o’']?t (be )?found|does ?n.t exist|not exist|rejected"
    r"|denied|quota|full\b|disabled|invalid|blocked|unbekannt|inconnu",
    re.IGNORECASE,
)
_BEGINNING = 4000  # characters of a text in which a mail server says what happened
_LONGEST_REASON = 200
_GIVEN_UP = re.compile(r"permanent|gave up|giv(en|ing) up|no (further|more) attempt", re.IGNORECASE)
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
    if actions:
        outcome: Outcome = "automatic"
        outcome = "delayed" if "delayed" in actions else outcome
        outcome = "failed" if "failed" in actions else outcome
    elif not _is_machine(mail):
        return ANSWER
    else:
        outcome = _outcome_in_words(mail, text)
    is_about_ours = outcome in ("failed", "delayed")
    return MailVerdict(outcome, _reason(status, text) if is_about_ours else "")


def _is_machine(mail: Message) -> bool:
    submitted = header(mail, "Auto-Submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted not in ("", "no") or mail.get_content_type() == "multipart/report":
        return True
    if any(header(mail, mark).strip().lower() not in _NO for mark in _MARKS):
        return True
    if _PRECEDENCE.search(header(mail, "Precedence").lower()) or _is_from_nobody(mail):
        return True
    subject = single_line(header(mail, "Subject"))
    own = _TAGS.sub("", subject) if _TAGS.match(subject) else subject
    before, token, _ = _TOKEN.sub("\0", subject, count=1).partition("\0")
    begins = any(pattern.match(own) for pattern in (_AWAY, _RETURNED))
    return begins or bool(token and _OPENED.search(before))


def _is_from_nobody(mail: Message) -> bool:
    path = raw_header(mail, "Return-Path").split()
    if path and path[0] == "<>":
        return True
    sender = _sender(mail)
    return bool(_DAEMONS.match(sender) or _NOBODY.match(sender))


def _sender(mail: Message) -> str:
    return parseaddr(raw_header(mail, "From"))[1].strip().lower()


def _outcome_in_words(mail: Message, text: str) -> Outcome:
    """Of a machine's mail without a delivery report that can be read."""
    subject, beginning = single_line(header(mail, "Subject")), text[:_BEGINNING]
    is_returned = bool(
        _RETURNED.match(subject)
        or _DAEMONS.match(_sender(mail))
        or header(mail, "X-Failed-Recipients").strip()
        or header(mail, "X-MS-Exchange-Message-Is-Ndr").strip()
    )
    if not is_returned or _ARRIVED.search(subject):
        return "automatic"
    is_late = _LATE.search(beginning) and not _GIVEN_UP.search(beginning)
    return "delayed" if _LATE.search(subject) or is_late else "failed"


def _reason(status: str, text: str) -> str:
    """The server's own words, in one line."""
    diagnostic, code = _DIAGNOSTIC.search(status), _STATUS.search(status)
    if diagnostic:
        return single_line(diagnostic[1])[:_LONGEST_REASON]
    lines = [single_line(line) for line in text[:_BEGINNING].split("\n") if line.strip()]
    telling = [line for line in lines if _REASON.search(line)]
    words = next(iter([*telling, *lines]), "")
    return " ".join(part for part in (code[1] if code else "", words) if part)[:_LONGEST_REASON]
