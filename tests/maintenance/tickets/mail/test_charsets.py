"""Mails whose encoding is not what it says, or is said nowhere."""

from base64 import b64encode

import pytest

from maintenance.tickets.mail.parse import parse

TOKEN = "0123456789abcdef"
HEAD = f"From: v@v.example\r\nSubject: Re: [SCW-{TOKEN}] Tube\r\nMessage-ID: <1@x.example>\r\n".encode()
SHIPS = "The part ships on Monday"
CODED = b64encode(SHIPS.encode())
BASE64 = "Content-Transfer-Encoding: base64"


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("", "Röhre geht".encode("latin-1"), "Röhre geht"),
        ("", "管球が壊れた".encode("iso-2022-jp"), "管球が壊れた"),
        ("Content-Type: text/plain; charset=iso-2022-jp", b"\x1b$B4I5e\x1b(B \x1b$B-!\x1b(B", "管球"),
        ("Content-Type: text/plain; charset=iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
        ("Content-Type: text/plain; charset=iso-8859-9", "ışık\x85".encode("cp1254", "replace"), "ışık"),
        ("Content-Type: text/plain; charset*=us-ascii''utf-8", "Röhre".encode(), "Röhre"),
        ("Content-Type: text/plain; charset=utf8mb4", "Röhre".encode(), "Röhre"),
        (BASE64, f"{SHIPS}, not coded".encode(), SHIPS),
        (BASE64, b64encode(b"The part ") + b64encode(b"ships on M") + b64encode(b"onday"), SHIPS),
        (BASE64, CODED + b"\r\n\r\n-- \r\nScanned by a gateway", SHIPS),
        (BASE64, CODED[:-1], SHIPS[:-2]),
        (BASE64 + " ", CODED, SHIPS),
        ("Content-Transfer-Encoding: Quoted-Printable ", b"The=20part=20ships", "The part ships"),
        ("Content-Type: text/markdown", SHIPS.encode(), SHIPS),
        (
            "Content-Type: text/html",
            b'<meta http-equiv=x content="text/html; charset=windows-1256">' + "العطل".encode("cp1256"),
            "العطل",
        ),
    ],
)  # fmt: skip
def test_words_are_read_whatever_their_encoding_says(head: str, body: bytes, text: str) -> None:
    more = f"{head}\r\n".encode() if head else b""
    assert parse(HEAD + more + b"\r\n" + body, 1000).text.startswith(text)


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\n\n"])
def test_what_stands_before_the_head_hides_no_token(before: bytes) -> None:
    found = parse(before + HEAD + b"\r\nHello", 1000)
    assert (found.tokens, found.text, found.sender) == ((TOKEN,), "Hello", "v@v.example")


@pytest.mark.parametrize("given", ["<>", "< >", "<@>", "", "<1>", "(none)"])
def test_what_is_no_message_id_makes_no_two_mails_one(given: str) -> None:
    head = HEAD.replace(b"<1@x.example>", given.encode())
    first, second = (parse(head + b"\r\n" + text, 1000) for text in (b"first", b"second"))
    assert first.mail_id != second.mail_id


def test_an_attachment_of_joined_pieces_is_whole() -> None:
    pieces = b64encode(b"abcd") + b"\r\n" + b64encode(b"efgh")
    body = b"--b\r\nContent-Type: application/zip; name=a.zip\r\n" + BASE64.encode() + b"\r\n\r\n"
    kind = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    [file] = parse(HEAD + kind + body + pieces + b"\r\n--b--\r\n", 1000).attachments
    assert file.data == b"abcdefgh"
