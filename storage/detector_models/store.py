"""Files of what detectors have learned: one a device, component and detector, whole or not at all.

    models/<device>/<detector>[@<component>].model

The first line names the format and the SHA-256 of all that follows. Then comes one line of JSON,
which a person may read (`head -2`), and the arrays as NumPy's `.npz`. Nothing in a file is ever run:
no pickle, arrays of numbers only. A file that is not ours to trust is refused before it is read:
outside the folder, not owned by the user who runs Scanward, or writable by others. One that is
damaged is put aside. All of it can be learned anew from the series store, so it is not backed up.
"""

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from core.errors import StoreError
from storage.files import locks
from storage.files.atomic import own_folder, translated, whole_file

FORMAT = b"scanward-model-2"
LONGEST = 256 * 1024 * 1024  # bytes of a file; a model has some hundred kilobytes
_LONG_NAME = 150

# Nested dictionaries and lists of texts, numbers, None and arrays.
ModelState = dict[str, Any]


class UntrustedModelError(StoreError):
    """A model file that must not be read; a person must look at it."""


class DamagedModelError(StoreError):
    """A model file that is not as it was written; it is put aside and learned anew."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model without loading it. Times are UTC milliseconds."""

    device: str
    component: str
    detector: str
    kind: str
    settings: str  # of its profile, as a digest: other settings want another model
    fed_until: int  # rows before it have been judged
    version: int = 0  # how often it has learned; 0: not yet
    scanward: str = ""
    trained_at: int | None = None
    began_at: int | None = None  # of the window that it learned from
    ended_at: int | None = None
    rows: int = 0
    features: list[str] = field(default_factory=list)
    score: float | None = None  # as alerts/detectors/README.md says, by its kind
    input: str = (
        ""  # git's object id (SHA-256) of what it learned from: of `blob <length>\0` and bytes
    )
    faults: dict[str, str] = field(default_factory=dict)  # sensors that are faulty now, and how
    last_kind: str = ""  # of the verdict that was stored last
    last_alarm: bool = False
    last_at: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Device, component and detector."""
        return self.device, self.component, self.detector


class ModelStore:
    """The folder of model files of one site."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, device: str, component: str, detector: str) -> Path:
        """Where the file is, or would be."""
        suffix = quote(component, safe="")
        if len(suffix) > _LONG_NAME:
            suffix = hashlib.sha256(component.encode()).hexdigest()[:32]
        name = f"{detector}@{suffix}" if component else detector
        return self._folder / quote(device, safe="") / f"{name}.model"

    def save(self, card: ModelCard, state: ModelState) -> None:
        """Write a model; it is on the disk when this returns. StoreError: the old file is untouched."""
        path = self.path(*card.key)
        arrays: dict[str, npt.NDArray[Any]] = {}
        plain_state = _without_arrays(state, arrays)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        text = json.dumps({"card": asdict(card), "state": plain_state}, ensure_ascii=False)
        body = text.encode() + b"\n" + buffer.getvalue()
        head = FORMAT + b" " + hashlib.sha256(body).hexdigest().encode() + b"\n"
        with translated("a model was not kept"):
            self._make_folder()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with whole_file(path) as unfinished:
                unfinished.touch(mode=0o600)
                unfinished.write_bytes(head + body)

    def load(
        self, device: str, component: str, detector: str
    ) -> tuple[ModelCard, ModelState] | None:
        """One model; None if there is none yet.

        UntrustedModelError if it is not ours, DamagedModelError if it is not whole.
        """
        path = self.path(device, component, detector)
        content = self._read(path)
        if content is None:
            return None
        document, arrays = _parsed(path, content)
        card = _card(path, document)
        if card.key != (device, component, detector):
            raise DamagedModelError(f"{path} is of {', '.join(card.key)}")
        return card, _with_arrays(document["state"], arrays)

    def cards(self) -> Iterator[ModelCard | StoreError]:
        """Every file's card, or why it cannot be read."""
        for path in sorted(self._folder.glob("*/*.model")):
            try:
                content = self._read(path)
                if content is not None:
                    yield _card(path, _parsed(path, content)[0])
            except StoreError as error:
                yield error

    def stamp(self, device: str, component: str, detector: str) -> int | None:
        """Changes whenever the file does; None while there is none."""
        try:
            return self.path(device, component, detector).stat().st_mtime_ns
        except OSError:
            return None

    def quarantine(self, device: str, component: str, detector: str) -> Path:
        """Give a damaged file another name, so that it can be looked at; that name."""
        path = self.path(device, component, detector)
        number = 1
        while (quarantined := path.with_suffix(f".damaged-{number}")).exists():
            number += 1
        with translated("a damaged model was not put aside"):
            path.replace(quarantined)
        return quarantined

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time looks at a file and then replaces it."""
        with translated("the models are not to be had"):
            self._make_folder()
            lock = locks.acquire(self._folder / "models.lock")
        with lock:
            yield

    def _make_folder(self) -> None:
        own_folder(self._folder.parent)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def _read(self, path: Path) -> bytes | None:
        with translated("a model cannot be read"):
            for folder in (self._folder, path.parent):
                if folder.exists():
                    _check_trust(folder, folder.lstat(), stat.S_ISDIR)
            try:
                number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                return None
            except OSError as error:
                if path.is_symlink():
                    raise UntrustedModelError(f"{path} is a link", permanent=True) from error
                raise
            with os.fdopen(number, "rb") as file:
                _check_trust(path, os.fstat(number), stat.S_ISREG)
                return file.read(LONGEST + 1)


def _check_trust(path: Path, status: os.stat_result, is_kind: Callable[[int], bool]) -> None:
    """UntrustedModelError for what others may change: it could hold anything."""
    wrong = ""
    if not is_kind(status.st_mode):
        wrong = "is a link or no file"
    elif status.st_uid != os.geteuid():
        wrong = "belongs to another user"
    elif status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        wrong = "may be changed by others (chmod go-w)"
    if wrong:
        raise UntrustedModelError(f"{path} {wrong}: it is not read", permanent=True)


def _parsed(path: Path, content: bytes) -> tuple[dict[str, Any], bytes]:
    """The line of JSON, and the bytes of the arrays. DamagedModelError if it is not as it was written."""
    head, _, body = content.partition(b"\n")
    if head.split(b" ") != [FORMAT, hashlib.sha256(body).hexdigest().encode()]:
        raise DamagedModelError(f"{path} is damaged, or of another version of Scanward")
    text, _, arrays = body.partition(b"\n")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DamagedModelError(f"{path} is damaged: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("card"), dict):
        raise DamagedModelError(f"{path} is damaged: it has no card")
    return document, arrays


def _card(path: Path, document: dict[str, Any]) -> ModelCard:
    known = {entry.name for entry in fields(ModelCard)}
    saved = document["card"].items()
    try:
        return ModelCard(**{name: value for name, value in saved if name in known})
    except TypeError as error:
        raise DamagedModelError(f"{path} is damaged: {error}") from error


_ARRAY = "npz"  # {"npz": name} stands in the JSON where an array was


def _without_arrays(value: Any, arrays: dict[str, npt.NDArray[Any]]) -> Any:
    """The same value with a name for each array; the array goes into `arrays` under that name."""
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError("an array of Python objects is not kept")
        name = str(len(arrays))
        arrays[name] = value
        return {_ARRAY: name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(key): _without_arrays(entry, arrays) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_arrays(entry, arrays) for entry in value]
    return value


def _with_arrays(plain_state: Any, body: bytes) -> ModelState:
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
        state = _filled(plain_state, arrays)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedModelError(f"its arrays are damaged: {error}") from error
    if not isinstance(state, dict):
        raise DamagedModelError("it has no state")
    return state


def _filled(value: Any, arrays: dict[str, npt.NDArray[Any]]) -> Any:
    if isinstance(value, dict) and value.keys() == {_ARRAY}:
        return arrays[value[_ARRAY]]
    if isinstance(value, dict):
        return {key: _filled(entry, arrays) for key, entry in value.items()}
    if isinstance(value, list):
        return [_filled(entry, arrays) for entry in value]
    return value
