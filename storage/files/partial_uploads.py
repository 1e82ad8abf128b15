"""Files that come in parts, over a line that breaks: what has come so far, until all of it is there."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from storage.files.atomic import own_folder, translated

FOLDER = "uploads"  # in the storage folder
FORGOTTEN_AFTER_S = 7 * 86_400  # a line may be down for days


class PartialUpload(NamedTuple):
    """A file under way; sizes in bytes."""

    name: str
    length: int
    offset: int  # what has come


def begin(storage: Path, owner: str, key: str, name: str, length: int) -> None:
    """A new one. What nobody has gone on with for a week goes."""
    folder = storage / FOLDER
    with translated("the file was not begun"):
        own_folder(folder)
        for path in folder.iterdir():
            if time.time() - path.stat().st_mtime > FORGOTTEN_AFTER_S:
                path.unlink(missing_ok=True)
        data, about = _paths(storage, owner, key)
        data.touch(mode=0o600)
        about.write_text(json.dumps([name, length]), encoding="utf-8")


def under_way(storage: Path, owner: str) -> int:
    """How many of that owner there are."""
    return len(list((storage / FOLDER).glob(f"{owner}-*.part")))


def find(storage: Path, owner: str, key: str) -> PartialUpload | None:
    """How far it is; None if there is none (any more)."""
    data, about = _paths(storage, owner, key)
    try:
        name, length = json.loads(about.read_text(encoding="utf-8"))
        return PartialUpload(str(name), int(length), data.stat().st_size)
    except (OSError, ValueError, TypeError):
        return None


def append(storage: Path, owner: str, key: str, content: bytes) -> None:
    """What came next."""
    with translated("a part of the file was not kept"), _paths(storage, owner, key)[0].open("ab") as file:  # fmt: skip
        file.write(content)


def take(storage: Path, owner: str, key: str) -> bytes:
    """All that has come; it is gone from here."""
    with translated("the file cannot be read"):
        content = _paths(storage, owner, key)[0].read_bytes()
        for path in _paths(storage, owner, key):
            with suppress(FileNotFoundError):
                path.unlink()
    return content


def _paths(storage: Path, owner: str, key: str) -> tuple[Path, Path]:
    return storage / FOLDER / f"{owner}-{key}.part", storage / FOLDER / f"{owner}-{key}.json"
