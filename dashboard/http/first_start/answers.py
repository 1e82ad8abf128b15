"""What the first page asks, read from its fields: all mistakes at once, each with its field."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from access import passwords, users
from access.passwords import PasswordHash
from core.errors import RefusedError
from core.text.catalogue import FALLBACK
from core.text.phrase import Phrase
from core.time.zone import Zone
from dashboard.http.first_start.channel_url import KINDS, channel_url
from dashboard.http.first_start.machine import check_backup_folder

LONGEST_NAME = 120  # characters; it stands at the top of every page
LANGUAGES = ("en", "fa")  # in which the page and the file are whole
SCREEN = "screen"  # nobody is told but who looks at it


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Who manages the others."""

    name: str
    full_name: str
    password_hash: PasswordHash


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """The five answers, and who gave them."""

    name: str
    zone: str
    language: str
    backup: Path | None
    same_disk: bool
    channel: str  # which kind; SCREEN: none
    channel_url: str  # a secret
    person: FirstPerson


class MistakenAnswers(Exception):  # noqa: N818  it is a list of what to mend, not a fault
    """What is wrong, by the name of its field."""

    def __init__(self, mistakes: Mapping[str, Phrase]) -> None:
        self.mistakes = mistakes
        super().__init__()


def read_answers(fields: Mapping[str, str], data: Path) -> FirstAnswers:
    """The answers; `data` is where the site's data will lie. MistakenAnswers names all that is wrong."""
    mistakes: dict[str, Phrase] = {}

    @contextmanager
    def of(field: str) -> Iterator[None]:
        try:
            yield
        except RefusedError as refused:
            mistakes[field] = refused.phrase

    name, zone, backup, url = "", "", None, ""
    person = None
    kind = fields.get("channel", SCREEN)
    is_same_disk = "same_disk" in fields
    with of("site_name"):
        name = site_name(fields.get("site_name", ""))
    with of("zone"):
        zone = _zone(fields.get("zone", ""))
    with of("backup"):
        backup = _backup(fields.get("backup", ""), data, same_disk_meant=is_same_disk)
    with of("channel"):
        if kind in KINDS:
            url = channel_url(kind, fields)
    with of("person"):
        person = _person(fields)
    if mistakes or person is None:
        raise MistakenAnswers(mistakes)
    language = fields.get("language", "")
    language = language if language in LANGUAGES else FALLBACK
    kind = kind if kind in KINDS else SCREEN
    return FirstAnswers(name, zone, language, backup, is_same_disk, kind, url, person)


def site_name(text: str) -> str:
    """The name with its spaces in order, and nothing in it that cannot be seen. RefusedError if nothing is left."""
    visible = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs", "Cn") else letter for letter in text
    )
    name = " ".join(visible.split())
    if not name:
        raise RefusedError("the centre needs a name")
    if len(name) > LONGEST_NAME:
        raise RefusedError("a name has {count} characters at most", count=LONGEST_NAME)
    return name


def _zone(text: str) -> str:
    try:
        return str(TypeAdapter(Zone).validate_python(text.strip() or "?"))
    except ValidationError:
        raise RefusedError("{cell!r} is not a time zone such as Asia/Kabul", cell=text) from None


def _backup(text: str, data: Path, *, same_disk_meant: bool) -> Path | None:
    if not text.strip():
        return None
    folder = Path(text.strip())
    check_backup_folder(folder, data, same_disk_meant=same_disk_meant)
    return folder


def _person(fields: Mapping[str, str]) -> FirstPerson:
    name, full_name = users.valid_names(fields.get("name", ""), fields.get("full_name", ""))
    if fields.get("password", "") != fields.get("again", ""):
        raise RefusedError("the two passwords differ")
    return FirstPerson(
        name, full_name, passwords.hashed(fields.get("password", ""), [name, full_name])
    )
