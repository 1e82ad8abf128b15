"""How far the past of a site is written, while it is: a note beside its stores that every page looks at.

There is none once all of it is there. Until then nobody can tell from the stores how a device stands.
"""

from pathlib import Path

from pydantic import ValidationError

from core.schema.strict_model import Strict
from core.time.clock import MINUTE
from storage.files.atomic import translated, write_own

FILE = "backfill.json"  # in the storage folder
LATE = MINUTE  # a note that is older was left by a writer that is not there any more; ours


class BackfillNote(Strict):
    """The span that is being written, and up to where it is; UTC milliseconds. All 0: nobody can read it."""

    start: int = 0
    end: int = 0
    reached: int = 0
    at: int = 0  # when this was noted

    @property
    def share(self) -> float:
        """Of the span, 0 to 1."""
        span = self.end - self.start
        return min(max((self.reached - self.start) / span, 0.0), 1.0) if span > 0 else 0.0

    def is_left(self, now: int) -> bool:
        """Has whoever wrote it stopped?"""
        return not -LATE <= now - self.at <= LATE


def write_backfill_note(folder: Path, note: BackfillNote) -> None:
    """Put it into the storage folder. StoreError if the disk refuses."""
    with translated("it cannot be noted that the past is being written"):
        write_own(folder / FILE, note.model_dump_json().encode())


def remove_backfill_note(folder: Path) -> None:
    """All of the past is there. StoreError if the disk refuses."""
    with translated("it cannot be noted that the past is written"):
        (folder / FILE).unlink(missing_ok=True)


def backfill_note(folder: Path) -> BackfillNote | None:
    """None if no past is being written. A note that cannot be read is one all the same."""
    try:
        return BackfillNote.model_validate_json((folder / FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError):
        return BackfillNote()
