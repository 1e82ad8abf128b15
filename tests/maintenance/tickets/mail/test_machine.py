"""Which mails are a machine's, and which of these say that ours did not arrive."""

import pytest

from maintenance.tickets.mail.parse import Received, parse

TOKEN = "0123456789abcdef"
SUBJECT = f"[SCW-{TOKEN}] Tube"


def received(
    head: str, body: str = "Away until Monday", subject: str = f"Re: {SUBJECT}"
) -> Received:
    lines = [line for line in head.split("\n") if line]
    if not any(line.startswith("From:") for line in lines):
        lines.append("From: v@vendor.example")
    if not any(line.startswith("Subject:") for line in lines):
        lines.append(f"Subject: {subject}")
    return parse(("\r\n".join([*lines, "Message-ID: <1@x>", "", body]) + "\r\n").encode(), 1000)


@pytest.mark.parametrize(
    "head",
    [
        "Precedence: auto_reply\nX-Autorespond: yes",
        f"Subject: Automatic reply: {SUBJECT}\nX-Auto-Response-Suppress: All",
        f"From: noreply@vendor.example\nSubject: [Case 55] received {SUBJECT}\nPrecedence: bulk",
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=v@vendor.example",
        "Return-Path: <>\nAuto-Submitted: auto-replied (vacation)",
        "Return-Path: <>",
        "List-Id: Field service <service.vendor.example>",
        "Precedence: bulk",  # a person's by a list, perhaps; in doubt nobody has answered
        "X-Loop: support@vendor.example",
        "From: Do not reply <do-not-reply+55@vendor.example>",
        "From: donotreply@vendor.example",
        f"Subject: [Case 55] Your request was created: {SUBJECT}",
        f"Subject: Out of office: {SUBJECT}",
        f"Subject: [EXTERNAL] Automatic reply: {SUBJECT}",
        f"Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A?= {SUBJECT}",
        f"Subject: Automatische Antwort: {SUBJECT}",
        f"Subject: Abwesenheitsnotiz: {SUBJECT}",
        f"Subject: پاسخ خودکار: {SUBJECT}",
        f"Subject: رد تلقائي: {SUBJECT}",
        f"Subject: 自动回复: {SUBJECT}",
        f"Subject: Автоматический ответ: {SUBJECT}",
        f"Subject: Automatisch antwoord: {SUBJECT}",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ],
)
def test_a_machine_answers_nothing(head: str) -> None:
    found = received(head)
    assert (found.verdict.outcome, found.tokens) == ("automatic", (TOKEN,))
    assert found.is_automatic


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "Return-Path: <bounces+77@mail.example>",  # of a person's mail too
        f"Subject: [Case 55] Re: {SUBJECT}",
        f"Subject: RE: Automatic reply: {SUBJECT}",  # a person goes on from a note
        f"Subject: Re: [SCW-{TOKEN}] Automatic reply of the console is empty",
        f"Subject: AW: [SCW-{TOKEN}] The part was received broken",
        "From: =?utf-8?q?M=C3=BCller=2C_Hans?= <h.mueller@vendor.example>",
        "From: renoreplygmbh@vendor.example",
        "Precedence: first-class",
        "Date: Fri, 01 Feb 2036 00:00:00 +0000",
    ],
)
def test_a_person_answers(head: str) -> None:
    assert received(head).verdict.outcome == "answer"


DSN = """Return-Path: <>
From: {sender}
Subject: {subject}
Content-Type: multipart/report; report-type=delivery-status; boundary=b"""
REPORT = """--b
Content-Type: text/plain

{words}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; v@vendor.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code}

--b
Content-Type: {kind}

Message-ID: <{token}.7@c.example>
References: <{token}.3@c.example>
Subject: x
--b--
"""


def report(action: str, kind: str = "message/rfc822", subject: str = "failure") -> Received:
    body = REPORT.format(
        words="It was not delivered.", action=action, status="5.1.1", code="550 5.1.1 No such user",
        kind=kind, token=TOKEN,
    )  # fmt: skip
    head = DSN.format(sender="MAILER-DAEMON@mx.example", subject=subject)
    return received(head, body.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"]
)
def test_a_report_of_failure_names_what_did_not_arrive(kind: str) -> None:
    found = report("failed", kind)
    assert found.verdict == ("failed", "smtp; 550 5.1.1 No such user")
    assert (found.tokens, found.ours) == ((TOKEN,), (3, 7))
    assert found.attachments == [], "the copy is ours"


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("delayed", "delayed"), ("delivered", "automatic"), ("relayed", "automatic")],
)
def test_a_report_of_anything_else_is_no_failure(action: str, outcome: str) -> None:
    found = report(action, subject="Delivery Status Notification (Failure)")
    assert found.verdict.outcome == outcome


QMAIL = f"No such user\r\n--- Below this line\r\nMessage-ID: <{TOKEN}.1@c.example>\r\nSubject: x"
NDR = (
    "Content-Type: text/html\nFrom: Microsoft Outlook"
    " <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@vendor.example>\nSubject: {subject}"
)
NDR_BODY = (
    "<html><head><style>p{}</style><body><p>Delivery has failed to these recipients</p><p>The address"
    f" can&#39;t be found</p><p>Subject: [SCW-{TOKEN}] Tube</p>&lt;{TOKEN}.9@c.example&gt;"
)


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        (f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undeliverable: {SUBJECT}",
         "No such user", "No such user"),
        ("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice", QMAIL,
         "No such user"),
        (NDR.format(subject="Undeliverable: Tube"), NDR_BODY, "The address can't be found"),
        ("From: Mail Delivery System <postmaster@mx.example>\nX-Failed-Recipients: v@vendor.example"
         f"\nSubject: {SUBJECT}", "550 denied", "550 denied"),
        (f"Subject: Unzustellbar: {SUBJECT}", "Postfach voll", "Postfach voll"),
        (f"Return-Path: <>\nSubject: تحویل نشد: {SUBJECT}", "صندوق پر است", "صندوق پر است"),
    ],
)  # fmt: skip
def test_a_bounce_in_words_is_one_also_where_only_its_inside_has_the_token(
    head: str, body: str, reason: str
) -> None:
    found = received(head, body)
    assert found.tokens == (TOKEN,)
    assert found.verdict == ("failed", reason)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Delivery Status Notification (Delay)",
         "Delivery incomplete\n\nThere was a temporary problem. Gmail will retry for 46 more hours."),
        (f"Warning: message 1abc delayed 24 hours [SCW-{TOKEN}]", "No action is required on your part."),
    ],
)  # fmt: skip
def test_what_is_only_late_is_not_lost(subject: str, body: str) -> None:
    head = f"Return-Path: <>\nFrom: mailer-daemon@mx.example\nSubject: {subject}"
    found = received(head, f"{body}\r\nMessage-ID: <{TOKEN}.1@c.example>")
    assert (found.verdict.outcome, found.tokens) == ("delayed", (TOKEN,))
