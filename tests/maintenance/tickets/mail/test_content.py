"""What of a mail is its words, and what its files."""

import time

import pytest

from maintenance.tickets.mail.html_text import html_to_text
from maintenance.tickets.mail.parse import LONGEST_TEXT, parse

TOKEN = "0123456789abcdef"
LARGEST = 10_000
SHIPS = "The part ships on Monday"
HEAD = f"From: v@vendor.example\r\nSubject: Re: [SCW-{TOKEN}] Tube\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n"


def mail(kind: str, body: str | bytes, **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    data = body if isinstance(body, bytes) else body.encode()
    return f"{HEAD}Content-Type: {kind}\r\n{more}\r\n".encode() + data


def parts(kind: str, *texts: str) -> bytes:
    """Each text is a part with its own headers."""
    joined = "".join(f"--b\r\n{text}\r\n" for text in texts)
    return mail(f"multipart/{kind}; boundary=b", f"{joined}--b--\r\n")


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"


def html(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<html><head><meta charset=utf-8><body><p>{SHIPS}</p></body></html>",
        f"<html><head><title>x<body><p>{SHIPS}</p>",
        f"<head><style>p{{}}<body><p>{SHIPS}</p>",
        f"<title>Re</title><style>p{{}}</style><p>{SHIPS}",
        f"<html><head><style>@media{{}}</style><p>{SHIPS}</p>",
        f"<HTML><HEAD><TITLE>x</TITLE></HEAD><BODY bgcolor=white>{SHIPS}",
        f"<!-- <body> --><!--[if mso]><p>Outlook</p><![endif]--><p>{SHIPS}</p>",
        f"<![if !mso]><p>{SHIPS}</p><![endif]>",
        "<p>The&nbsp;part ships\n on <b>Monday</b><script>x()</script>",
        f"<style>p{{}} {SHIPS}",  # no browser shows it, and it is all there is
    ],
)
def test_html_is_read_as_a_browser_reads_it(markup: str) -> None:
    assert SHIPS in html_to_text(markup).replace("\u00a0", " ")
    assert "x()" not in html_to_text(markup)
    assert SHIPS in parse(mail("text/html; charset=utf-8", markup), LARGEST).text


def test_of_alternatives_one_is_taken_and_beside_them_everything() -> None:
    assert parse(parts("alternative", plain("Plain"), html("Rich")), LARGEST).text == "Plain"
    assert parse(parts("alternative", plain(" \r\n"), html("Rich")), LARGEST).text == "Rich"
    inner = "Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n{}\r\n--c\r\n{}\r\n--c--"
    both = inner.format(plain("Plain"), html("Rich"))
    assert parse(parts("mixed", both, html("Foot")), LARGEST).text == "Plain\n\nFoot"
    disclaimer = parts("mixed", plain("Scanned for viruses"), html(SHIPS))
    assert parse(disclaimer, LARGEST).text == f"Scanned for viruses\n\n{SHIPS}"


def test_spaces_are_spaces_and_joiners_stay_also_in_names() -> None:
    persian = "دستگاه خراب می\u200cشود"
    found = parse(
        parts(
            "mixed",
            plain(f"Tube\u00a0 failed at 12\u00a0345 scans\r\n{persian} \u202eabc"),
            "Content-Type: text/plain\r\nContent-Disposition: attachment;"
            " filename*=utf-8''12%C2%A0345%20%D9%85%DB%8C%E2%80%8C%D8%B4%D9%88%D8%AF%E2%80%AEgpj.txt\r\n\r\nx",
        ),
        LARGEST,
    )
    assert found.text == f"Tube  failed at 12 345 scans\n{persian} abc"
    assert found.attachments[0].name == "12 345 می\u200cشودgpj.txt"


def test_every_file_is_kept_or_named() -> None:
    photo = (
        "Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=p{}.jpg\r\n\r\n{}"
    )
    found = parse(parts("mixed", *(photo.format(n, "x") for n in range(60))), LARGEST)
    assert len(found.attachments) == 50
    for number in range(50, 60):
        assert f"p{number}.jpg" in found.text
    assert "p49.jpg" not in found.text
    empty = parse(parts("mixed", plain("Log"), photo.format(1, "")), LARGEST)
    assert empty.text == "Log\n[attachment p1.jpg is empty]"
    many = parse(parts("mixed", *(photo.format(n, "") for n in range(150))), LARGEST)
    assert "[and 50 more]" in many.text


def test_what_has_no_name_is_kept_too() -> None:
    found = parse(
        parts(
            "mixed",
            plain("See the meeting"),
            "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR",
            "Content-Type: message/rfc822\r\n\r\nSubject: The maker's words\r\n\r\nYes",
            "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nxyz",
        ),
        LARGEST,
    )
    assert found.text == "See the meeting"
    names = [file.name for file in found.attachments]
    assert names == ["invitation.ics", "message.eml", "winmail.dat"]
    assert b"The maker's words" in (found.attachments[1].data or b"")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", "دستگاه".encode(), "دستگاه"),  # no charset
        ("text/plain; charset=us-ascii", "دستگاه".encode(), "دستگاه"),
        ("text/plain; charset=iso-8859-1", b"\x93Tube\x94 \x80 5", "“Tube” € 5"),  # meant as cp1252
        ("text/plain; charset=windows-1256", "کار".encode("cp1256"), "کار"),
        ("text/plain; charset=utf-8", b"12\xb0C", "12°C"[:2] + "\ufffdC"),
        ("text/plain; charset=nonsense", b"12\xb0C", "12°C"),
        ("text/plain; charset=punycode", b"a" * 50 + b"-b", "a" * 50 + "-b"),
    ],
)
def test_a_broken_charset_loses_no_more_than_it_must(kind: str, body: bytes, text: str) -> None:
    assert parse(mail(kind, body), LARGEST).text == text


def test_a_head_in_bytes_is_read() -> None:
    raw = f"Subject: [SCW-{TOKEN}] دستگاه\r\nFrom: ب <v@x.example>\r\n\r\nx".encode()
    found = parse(raw, LARGEST)
    assert (found.subject, found.sender) == (f"[SCW-{TOKEN}] دستگاه", "v@x.example")


@pytest.mark.parametrize("given", ["<>", "< >", "", f"<{'x' * 600}@x>"])
def test_what_is_no_message_id_is_replaced_by_one_of_the_bytes(given: str) -> None:
    head = f"From: v@x.example\r\nSubject: [SCW-{TOKEN}]\r\nMessage-ID: {given}\r\n\r\n"
    first, second = (parse(f"{head}{word}".encode(), LARGEST) for word in ("first", "second"))
    assert first.mail_id != second.mail_id
    assert first.mail_id == parse(f"{head}first".encode(), LARGEST).mail_id


def nested(depth: int) -> bytes:
    opened = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)
    )
    return f"{HEAD}{opened}{plain('Deep')}\r\n".encode()


@pytest.mark.servers  # as long as they take
def test_what_is_made_to_hurt_is_read_in_time() -> None:
    began = time.process_time()
    assert parse(nested(50), LARGEST).text == "Deep"
    deeper = parse(nested(3000), LARGEST)
    assert (deeper.tokens, "could not be read" in deeper.text) == ((TOKEN,), True)
    for long in ("=?utf-8?q?" * 200_000, f"SCW-{TOKEN} " * 100_000, "x" * 2_000_000):
        found = parse(f"{HEAD}X-Y: {long}\r\nReferences: {long}\r\n\r\nYes".encode(), LARGEST)
        assert found.tokens == (TOKEN,)
        assert parse(f"Subject: {long}\r\n\r\nYes".encode(), LARGEST).text == "Yes"
    tokens = " ".join(f"<{n:016x}.1@c.example>" for n in range(40_000))
    assert len(parse(f"References: {tokens}\r\n\r\nYes".encode(), LARGEST).tokens) == 100
    for markup in (
        "<" * 300_000,
        "<!" * 150_000,
        "<a " * 100_000,
        "&#" * 150_000,
        "<![CDATA[" * 30_000,
    ):
        parse(mail("text/html", markup), LARGEST)
    long_text = parse(mail("text/plain", "y" * (LONGEST_TEXT + 1)), LARGEST).text
    assert "too long to keep" in long_text[-60:]
    assert time.process_time() - began < 60
