"""Replies as they come back: from any editor, on any stick, whole, half, altered, hostile."""

import io
import random
import re
import zipfile

import pytest

from core.errors import RefusedError
from maintenance.tickets.twin.reply_file import LARGEST, LARGEST_TEXT, read_reply
from maintenance.tickets.twin.reply_form import LONGEST
from tests.maintenance.cast import House
from tests.maintenance.tickets.twin.filling import filled, packed

WORDS = "Replace the anode.\r\n\r\nPart 4711-AB, 2 h."
EXPECTED = "Replace the anode.\n\nPart 4711-AB, 2 h."
PDF = b"%PDF-1.4 report"


@pytest.mark.parametrize(
    ("coding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),  # Notepad
        ("utf-16-le", b"\xff\xfe"),  # Notepad, "Unicode"
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_any_editor_will_do(house: House, blank: str, coding: str, mark: bytes) -> None:
    words = "Röhre tauschen – انود را عوض کنید"
    reply = read_reply(house.site, mark + filled(blank, words).encode(coding))
    assert (reply.stamp.number, reply.text, list(reply.files)) == (1, words, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_line_and_blanks_of_an_editor_change_nothing(
    house: House, blank: str, end: str
) -> None:
    usual = read_reply(house.site, filled(blank, WORDS).encode())
    text = filled(blank, WORDS).replace("\r\n", f"  {end}")
    reply = read_reply(house.site, text.encode())
    assert reply.text == EXPECTED
    assert reply.digest == usual.digest


def test_a_coding_of_one_byte_a_letter_is_guessed_and_the_file_goes_along(
    house: House, blank: str
) -> None:
    data = filled(blank, "Röhre prüfen").encode("cp1252")
    reply = read_reply(house.site, data)
    assert reply.text == "Röhre prüfen"
    assert [(file.name, file.content) for file in reply.files] == [("reply.txt", data)]


def test_words_beside_the_right_place_are_words_too(house: House, blank: str) -> None:
    text = f"Dear Sara,\r\n{filled(blank, 'it is the anode.')}Regards\r\n## 2nd of May"
    reply = read_reply(house.site, text.encode())
    assert reply.text.split("\n") == [
        "Dear Sara,",
        "",
        "it is the anode.",
        "",
        "",
        "Regards",
        "## 2nd of May",
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("stamp: test 1", "stamp: test 2"), "was changed, or was not made here"),
        (lambda text: text.replace("stamp: test", "stamp: kabul"), "for the site 'kabul', and this is 'test'"),
        (lambda text: re.sub("stamp: .*", "", text), "its line with the stamp is missing"),
        (lambda text: text[: text.index("stamp") + 30], "its line with the stamp is missing"),
        (lambda text: text[: len(text) * 9 // 10], "its last line is missing"),
        (lambda text: text + re.sub("test 1", "test 2", text), "the stamps of several tickets"),
        (lambda text: "{\\rtf1\\ansi " + text, "no plain text"),
        (lambda text: "<html><body>" + text, "no plain text"),
        (lambda text: text.replace(WORDS, " \t\u200b"), "nothing is written"),
        (lambda text: text.replace(WORDS, "x" * (LONGEST + 1)), "at most 200000 characters"),
        (lambda text: text.replace(WORDS, "x" * LARGEST_TEXT), "reply.txt is too large"),
        (lambda _: "", "has 0 bytes"),
        (lambda _: "\0" * 50, "its line with the stamp is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(house: House, blank: str, change: object, why: str) -> None:
    assert callable(change)
    with pytest.raises(RefusedError, match=re.escape(why)):
        read_reply(house.site, change(filled(blank, WORDS)).encode())


def test_a_stamp_of_another_installation_of_the_same_name_is_refused(
    house: House, blank: str
) -> None:
    house.site.reply_key_path.unlink()
    with pytest.raises(RefusedError, match="not made here"):
        read_reply(house.site, filled(blank, WORDS).encode())
    assert not house.site.reply_key_path.exists()


@pytest.mark.parametrize(
    "form",
    ["reply.txt", "reply/reply.txt", "reply\\Reply.TXT", "test-ticket-1/reply/reply - Copy.txt"],
)
def test_a_folder_is_packed_as_people_pack_it(house: House, blank: str, form: str) -> None:
    top = form[: -len(form.replace("\\", "/").rpartition("/")[2])]
    text = filled(blank, WORDS).encode()
    entries = {form: text, f"{top}report.pdf": PDF, f"{top}logs/error.log": b"timestamp: E17",
               f"{top}__MACOSX/._report.pdf": b"\0", f"{top}Thumbs.db": b"\0", f"{top}.DS_Store": b"\0"}  # fmt: skip
    reply = read_reply(house.site, packed(entries))
    assert reply.text == EXPECTED
    assert sorted((file.name, file.media_type) for file in reply.files) == [
        ("error.log", "text/plain"), ("report.pdf", "application/pdf"),
    ]  # fmt: skip


def test_of_a_ticket_that_is_packed_again_only_the_reply_is_read(house: House, blank: str) -> None:
    own = {"index.html": b"<html>", "bundle/x.zip": b"PK", "manifest.json": b"{}", "manifest.sig": b"\0",
           "signer.pem": b"-", "files/3.exe": b"MZ"}  # fmt: skip
    text = filled(blank, WORDS).encode()
    for top in ("", "stick/test-ticket-1/"):
        entries = {top + name: content for name, content in own.items()}
        entries |= {f"{top}reply/reply.txt": text, f"{top}report.pdf": PDF}
        reply = read_reply(house.site, packed(entries))
        assert [file.name for file in reply.files] == ["report.pdf"]


def test_files_without_words_are_a_reply(house: House, blank: str) -> None:
    reply = read_reply(house.site, packed({"reply.txt": blank.encode(), "report.pdf": PDF}))
    assert (reply.text, len(reply.files)) == ("", 1)


def test_the_same_reply_is_known_however_it_was_packed(house: House, blank: str) -> None:
    text = filled(blank, WORDS)
    entries = {"reply.txt": text.encode(), "report.pdf": PDF}
    first = read_reply(house.site, packed(entries))
    again = {f"reply/{name}": content for name, content in reversed(entries.items())}
    again["reply/reply.txt"] = b"\xef\xbb\xbf" + text.replace("\r\n", "\n").encode()
    assert read_reply(house.site, packed(again, zipfile.ZIP_STORED)).digest == first.digest
    assert read_reply(house.site, text.encode()).digest != first.digest


def locked(data: bytes) -> bytes:
    """As if a password had been asked for."""
    at = data.index(b"PK\x01\x02")
    return data[:6] + b"\x01\x00" + data[8 : at + 8] + b"\x01\x00" + data[at + 10 :]


def swollen(data: bytes, size: int) -> bytes:
    """Its list of contents says that each file has so many bytes."""
    parts = data.split(b"PK\x01\x02")
    sizes = [part[:20] + size.to_bytes(4, "little") + part[24:] for part in parts[1:]]
    return b"PK\x01\x02".join([parts[0], *sizes])


def test_a_hostile_zip_is_refused_in_words(house: House, blank: str) -> None:
    text = filled(blank, WORDS).encode()
    good = packed({"reply.txt": text})
    bomb = swollen(packed({"reply.txt": text, **{f"{n}.log": b"0" for n in range(6)}}), 19_000_000)
    table = [
        (good[: len(good) // 2], "this ZIP is not whole"),
        (good[:-30], "this ZIP is not whole"),
        (locked(good), "locked by a password"),
        (packed({"reply.txt": text}, zipfile.ZIP_LZMA), "packed in an unusual way"),
        (swollen(good, 3), "this ZIP is not whole"),
        (packed({"reply.txt": text, "../../etc/cron.d/x": b"x"}), "leads out of its folder"),
        (packed({"reply.txt": text, "..\\x.txt": b"x"}), "leads out of its folder"),
        (packed({"reply.txt": text, "/etc/x.txt": b"x"}), "leads out of its folder"),
        (packed({"reply.txt": text, "C:\\x.txt": b"x"}), "leads out of its folder"),
        (bomb, "more than 100 MB unpacked"),
        (swollen(packed({"a.log": b"0"}), 20_000_001), "a.log has 20000001 bytes"),
        (packed({"reply.txt": text, **{f"{n}.log": b"x" for n in range(100)}}), "more than 100 files"),
        (packed({"reply.txt": text, "virus.exe": b"MZ"}), "virus.exe is not taken"),
        (packed({"reply.txt": text, "photo.png": b"<svg onload=x>"}), "photo.png is not taken"),
        (packed({"reply.txt": text, "b/reply.txt": text}), "several replies: b/reply.txt, reply.txt"),
        (packed({"answer.docx": b"PK", "word/document.xml": b"<x/>"}), "holds no reply.txt"),
        (packed({"reply.txt": text.replace(b"stamp: test 1", b"stamp: test 9")}), "was changed, or was not"),
        (packed({"reply.txt": b"nothing"}), "its line with the stamp is missing"),
    ]  # fmt: skip
    for data, why in table:
        with pytest.raises(RefusedError, match=re.escape(why)):
            read_reply(house.site, data)
    with pytest.raises(RefusedError, match="1 byte to 60 MB"):
        read_reply(house.site, b"x" * (LARGEST + 1))


def test_whatever_a_bad_stick_makes_of_it_is_a_reply_or_refused(house: House, blank: str) -> None:
    text = filled(blank, WORDS).encode()
    entries = {"reply/reply.txt": text, "reply/error.log": b"E17 arc", "reply/report.pdf": PDF}
    chance, refused = random.Random(17), 0
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        whole = packed(entries, method)
        for _ in range(250):
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            data = bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
            try:
                read_reply(house.site, data or b"x")
            except RefusedError:
                refused += 1
    assert refused > 500


def test_words_that_begin_as_a_zip_does_are_words(house: House, blank: str) -> None:
    assert read_reply(house.site, f"PK 4 is loose\r\n{blank}".encode()).text == "PK 4 is loose"


def test_names_twice_are_refused(house: House, blank: str) -> None:
    stream = io.BytesIO(packed({"reply.txt": filled(blank, WORDS).encode(), "a.log": b"one"}))
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.log", b"two")
    with pytest.raises(RefusedError, match="has a file twice"):
        read_reply(house.site, stream.getvalue())
