"""What comes back from a supplier: `reply.txt`, or a ZIP with it and files. Read whole or refused, before anything is stored.

Nothing is unpacked to a disk. Files are of the kinds that a supplier's link takes, too.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from core.errors import RefusedError
from core.schema.site import Site
from maintenance.tickets.twin.reply_form import NAME, decoded_reply, words_of
from maintenance.tickets.twin.stamp import ReplyStamp, has_stamp, read_stamp
from maintenance.tickets.uploads import checked_type, leads_out, plain_name
from maintenance.work_orders.attachments import LARGEST as LARGEST_FILE

LARGEST = 60_000_000  # bytes of all that comes: three files of the largest; Scanward's default
LARGEST_TEXT = 1_000_000  # bytes of reply.txt
MOST_UNPACKED, MOST_FILES = 100_000_000, 100  # bytes; Scanward's defaults
_TEXT = "text/plain"
_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")  # with a file, without any
# What zipfile raises of one that is damaged or locked.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError,
            NotImplementedError, RuntimeError)  # fmt: skip
_LONGEST_NAMES = 200  # characters of names that are shown
# What of a whole ticket that was packed again is ours.
_OURS = ("index.html", "manifest.json", "manifest.sig", "signer.pem", "bundle/", "files/")
_LITTER = ("__macosx", ".", "thumbs.db", "desktop.ini")  # what systems put into folders


@dataclass(frozen=True, slots=True)
class ReplyAttachment:
    """A file of the kind that its bytes and its name say."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """A whole reply to a ticket of this site."""

    stamp: ReplyStamp
    text: str  # empty: files only
    files: Sequence[ReplyAttachment]

    @property
    def digest(self) -> str:
        """The same for the same reply, whatever it was packed and saved as."""
        files = sorted((file.name, hashlib.sha256(file.content).hexdigest()) for file in self.files)
        content = repr((self.stamp.token, self.text, files))
        return hashlib.sha256(content.encode()).hexdigest()


def read_reply(site: Site, data: bytes) -> ReplyFile:
    """The reply. RefusedError says what is wrong with it: then nothing of it may be stored."""
    if not 0 < len(data) <= LARGEST:
        raise RefusedError(
            "a reply has 1 byte to {largest} MB, this has {size} bytes",
            largest=LARGEST // 1_000_000,
            size=len(data),
        )
    if not data.startswith(_ZIP_BEGINS):
        return _reply(site, data, {})
    try:
        entries = _unpacked(data)
    except _DAMAGED:
        raise RefusedError(
            "this ZIP is not whole, or locked by a password: pack and copy it again"
        ) from None
    name = _form_among(entries)
    return _reply(site, entries[name], _beside(name, entries))


def _reply(site: Site, form: bytes, others: dict[str, bytes]) -> ReplyFile:
    if len(form) > LARGEST_TEXT:
        raise RefusedError("{name} is too large: put what is long into a file beside it", name=NAME)
    decoded = decoded_reply(form)
    stamp = read_stamp(site, decoded.text)
    text = words_of(decoded.text)
    files = [_checked(name, content) for name, content in sorted(others.items())]
    if not decoded.is_sure:  # letters may be wrong, so the file goes with them as it came
        files.append(ReplyAttachment(NAME, _TEXT, form))
    if not text and not files:
        raise RefusedError("nothing is written in this reply")
    return ReplyFile(stamp, text, files)


def _checked(path: str, content: bytes) -> ReplyAttachment:
    name = plain_name(path)
    return ReplyAttachment(name, checked_type(name, content), content)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Its files by path. What the list of contents says is judged first, and not a byte more is unpacked."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = [entry.filename.replace("\\", "/") for entry in entries]
        if any(leads_out(name) for name in names):
            raise RefusedError(
                "this ZIP has a file that leads out of its folder: it was not opened"
            )
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise RefusedError(
                "this ZIP has more than {files} files, or more than {largest} MB unpacked: it was not opened",
                files=MOST_FILES,
                largest=MOST_UNPACKED // 1_000_000,
            )
        if len(set(names)) < len(names):
            raise RefusedError("this ZIP has a file twice: pack it again")
        return {
            name: _body(archive, entry)
            for name, entry in zip(names, entries, strict=True)
            if not _is_litter(name)
        }


def _body(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # LZMA takes what memory the file says.
        raise RefusedError(
            "this ZIP is packed in an unusual way: pack it as systems do by themselves"
        )
    if entry.file_size > LARGEST_FILE:
        raise RefusedError(
            "a file has 1 byte to {largest} MB; {name} has {size} bytes",
            largest=LARGEST_FILE // 1_000_000,
            name=plain_name(entry.filename),
            size=entry.file_size,
        )
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile(entry.filename)
    return content


def _is_litter(path: str) -> bool:
    return any(part.lower().startswith(_LITTER) for part in path.split("/"))


def _form_among(entries: dict[str, bytes]) -> str:
    """The path of the text that has a stamp, else of what is called as it was. RefusedError unless there is one."""
    texts = {path: content for path, content in entries.items() if path.lower().endswith(".txt")}
    forms = [path for path, content in texts.items() if _is_stamped(content)]
    forms = forms or [path for path in texts if path.rpartition("/")[2].lower() == NAME]
    if not forms:
        raise RefusedError("this ZIP holds no {name} of a ticket", name=NAME)
    if len(forms) > 1:
        names = "".join(sign for sign in ", ".join(sorted(forms)) if sign.isprintable())
        raise RefusedError("this ZIP holds several replies: {names}", names=names[:_LONGEST_NAMES])
    return forms[0]


def _is_stamped(content: bytes) -> bool:
    text = content[:LARGEST_TEXT].replace(b"\0", b"").decode("latin-1")
    return has_stamp(text)


def _beside(form: str, entries: dict[str, bytes]) -> dict[str, bytes]:
    """All that is not the form, nor of the ticket that was packed again with it."""
    folder, _, _ = form.rpartition("/")
    above, _, last = folder.rpartition("/")
    top = f"{above}/" if above else ""
    ours = tuple(top + name for name in _OURS) if last == "reply" else ()
    return {
        path: content
        for path, content in entries.items()
        if path != form and not (ours and path.startswith(ours))
    }
