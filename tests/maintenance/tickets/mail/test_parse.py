"""Strangers write mail: the parser takes anything, and keeps what a ticket needs."""

from hypothesis import given
from hypothesis import strategies as st

from maintenance.tickets.mail.parse import html_to_text, parse
from tests.support.examples import examples

TOKEN = "0123456789abcdef"
HEADERS = st.sampled_from(
    ["Subject", "From", "To", "References", "Content-Type", "Content-Transfer-Encoding",
     "Content-Disposition", "Message-ID", "MIME-Version"]
)  # fmt: skip
VALUES = st.text(max_size=60) | st.sampled_from(
    ["multipart/mixed; boundary=x", "text/html; charset=nonsense", "base64", "quoted-printable",
     "message/rfc822", 'attachment; filename="../../etc/passwd"', "=?utf-8?b?!!!?=",
     f"[SCW-{TOKEN}] x", "=?x-unknown?q?=FF?="]
)  # fmt: skip


@examples(200)
@given(st.lists(st.tuples(HEADERS, VALUES), max_size=8), st.binary(max_size=300))
def test_whatever_comes_is_read(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    found = parse(head.encode("utf-8", "surrogatepass") + b"\r\n" + body, 1000)
    assert found.text
    assert found.mail_id
    assert all("/" not in file.name and "\\" not in file.name for file in found.attachments)
    assert all(len(file.data or b"") <= 1000 for file in found.attachments)


@examples(100)
@given(st.binary(max_size=2000))
def test_noise_is_read(noise: bytes) -> None:
    assert parse(noise, 1000).text
    assert parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + noise, 1000).text


@examples(200)
@given(st.text(max_size=300))
def test_html_never_becomes_markup(html: str) -> None:
    assert "<script" not in html_to_text(f"<p>{html}</p><script>alert(1)</script>").lower() or (
        "<script" in html.lower() or "&lt;script" in html.lower()
    )


def test_an_html_mail_is_read_as_its_words() -> None:
    raw = (
        b"Subject: =?utf-8?q?Re=3A_[SCW-0123456789abcdef]?=\r\nContent-Type: text/html\r\n\r\n"
        b"<style>p{}</style><p>Dear colleague,<br>please <b>restart</b> it.</p><script>x()</script>"
    )
    found = parse(raw, 1000)
    assert found.text == "Dear colleague,\nplease restart it."
    assert found.tokens == (TOKEN,)


def test_a_large_attachment_is_named_and_not_kept() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere.\r\n"
        b'--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename="a.zip"\r\n\r\n'
        + b"x" * 2000
        + b"\r\n--b--\r\n"
    )
    found = parse(raw, 1000)
    assert [(file.name, file.data) for file in found.attachments] == [("a.zip", None)]
    assert "too large to keep" in found.text
