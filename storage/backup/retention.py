"""Which backups there are, when the next is due, and which may be removed.

The folder is the only state: a backup's name has the time at which it was made.
"""

import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.errors import StoreError
from core.schema.site import Site
from core.schema.storage import Backup
from core.time.clock import from_ms, to_ms
from storage.backup.manifest import MANIFEST
from storage.files.atomic import same_disk, translated

_STAMP = "%Y%m%dT%H%M%SZ"


def stamp(now: int) -> str:
    """`20261031T081500Z`."""
    return from_ms(now).strftime(_STAMP)


def folder_name(site_id: str, now: int) -> str:
    """What a backup of a site is called."""
    return f"scanward-{site_id}-{stamp(now)}"


def finished(folder: Path, site_id: str) -> dict[int, Path]:
    """The site's whole backups by their time, oldest first."""
    form = re.compile(re.escape(f"scanward-{site_id}-") + r"(\d{8}T\d{6}Z)")
    backups: dict[int, Path] = {}
    with translated("the folder of backups cannot be read"):
        for path in folder.iterdir() if folder.exists() else []:
            match = form.fullmatch(path.name)
            if match and (path / MANIFEST).exists():
                backups[to_ms(datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC))] = path
    return dict(sorted(backups.items()))


def newest(site: Site) -> Path | None:
    """The newest backup of a site that plans them; None without one, or if its folder cannot be read."""
    plan = site.file.backup
    if plan is None:
        return None
    with suppress(StoreError):
        return next(reversed(finished(plan.folder, site.file.id).values()), None)
    return None


def check_disk(site: Site, plan: Backup) -> None:
    """StoreError if the folder lies on the disk of the data: the other disk is not mounted.

    An unplugged disk leaves its mount point behind, or nothing, and either could be written to.
    """
    data_folder = site.series_path.parent
    with translated("the disk of the backups cannot be looked at"):
        if not plan.same_disk and same_disk(plan.folder, data_folder):
            raise StoreError(
                f"no backup was made: {plan.folder} is on the same disk as {data_folder}. Is the other disk"
                " plugged in and mounted? If one disk is meant, write `same_disk: true`"
            )


def due_at(folder: Path, site_id: str, every: int, now: int) -> int:
    """When the next is due, UTC ms. A backup from the future (the clock was wrong) does not put it off."""
    past = [at for at in finished(folder, site_id) if at <= now]
    return past[-1] + every if past else now


def remove_old(folder: Path, site_id: str, keep: int, newest: Path) -> list[Path]:
    """Remove all but the last `keep`, never `newest`; those removed."""
    old = [path for path in list(finished(folder, site_id).values())[:-keep] if path != newest]
    with translated("an old backup cannot be removed"):
        for path in old:
            # Without its manifest it no longer passes for a backup, should this be interrupted.
            (path / MANIFEST).unlink()
            shutil.rmtree(path)
    return old
