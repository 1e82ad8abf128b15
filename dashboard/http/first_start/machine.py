"""What this computer says of itself: its zone, and whether a folder can hold the backups."""

import os
import shutil
import tempfile
from pathlib import Path
from zoneinfo import available_timezones

from core.errors import RefusedError
from storage.files.atomic import same_disk

LOCALTIME, TIMEZONE = Path("/etc/localtime"), Path("/etc/timezone")
LEAST_FREE = 2 * 1024**3  # bytes; a centre of twenty devices fills that in three months. Ours


def zones() -> list[str]:
    """Every zone that has a place in it, by name."""
    return sorted(name for name in available_timezones() if "/" in name and "Etc/" not in name)


def zone_here(localtime: Path = LOCALTIME, timezone: Path = TIMEZONE) -> str:
    """The zone of this computer's clock; empty if it has none of a place, as servers that are set to UTC."""
    names = [os.environ.get("TZ", "").lstrip(":")]
    try:
        names.append(str(localtime.resolve()).partition("zoneinfo/")[2])
        names.append(timezone.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        pass
    known = zones()
    return next((name for name in names if name in known), "")


def check_backup_folder(folder: Path, data: Path, *, same_disk_meant: bool) -> int:
    """Bytes that are free there; the folder is made if it is absent. RefusedError says why it will not do."""
    if not folder.is_absolute():
        raise RefusedError("write the whole path of the folder, as /mnt/usb/scanward")
    if data.resolve() == folder.resolve() or folder.resolve() in data.resolve().parents:
        raise RefusedError("the data lie in this folder themselves: take another one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"0")
        free = shutil.disk_usage(folder).free
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RefusedError("{folder} cannot be written: {why}", folder=folder, why=why) from None
    if not same_disk_meant and same_disk(folder, data):
        raise RefusedError(
            "{folder} is on the disk of the data, which may die with them: plug in another disk, or say"
            " that this is meant",
            folder=folder,
        )
    if free < LEAST_FREE:
        raise RefusedError("{folder} has less than 2 GiB free", folder=folder)
    return free
