"""What a demo begins with: its folder, its centre, and its past, which is written here to the end."""

import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from access.api_tokens import make_token
from access.users import new_demo_user
from app.clock import now
from app.demo.backfill import STEP, store_in_second_process, store_in_this_process, write_history
from app.demo.past import NEXT_FAULT, DemoPast, past_of, stored_until, why_anew
from app.demo.progress import PastProgress
from app.demo.site_file import write_site_file
from app.demo.work.people import add_people
from app.demo.work.quarter import write_quarter
from app.demo.work.tickets import supplier_page
from core.errors import ConfigError, Mistake
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY
from core.vocabulary.rights import rights_of
from simulator.centre import Centre
from simulator.history import live_again
from storage.files.backfill_note import remove_backfill_note
from storage.records import Records
from storage.records.transaction import transaction
from storage.series import SeriesWriter


@dataclass(frozen=True, slots=True)
class Beginning:
    """A demo before its past is whole. Times are UTC milliseconds."""

    site_path: Path
    site: Site
    past: DemoPast
    centre: Centre
    resumed_at: int | None  # until when an earlier start collected; None: all is made anew
    until: int  # to where the past is to be written
    anew_because: str  # of what an earlier start left

    @property
    def span(self) -> tuple[int, int]:
        """What of the past is still to be written."""
        return self.resumed_at or self.past.start, self.until


def begin(
    folder: Path, port: int, request: DemoPast, faults: Sequence[str], *, fresh: bool
) -> Beginning:
    """Go on with what an earlier start left in the folder, or empty it. `request` is as for a new past."""
    past = None if fresh else past_of(folder)
    because = "" if fresh or not folder.exists() else why_anew(past, request, folder)
    if past is None or because:
        shutil.rmtree(folder, ignore_errors=True)
        past, resumed_at = request.with_faults(faults, request.end), None
    else:
        resumed_at = stored_until(folder)
        past = past.with_faults([NEXT_FAULT, *faults], request.end)
    site_path = write_site_file(folder, port)
    site = load_site(site_path)
    try:
        centre = Centre(site, seed=past.seed, start=past.start, faults=past.all_faults(site))
    except ValueError as error:
        raise ConfigError([Mistake("--fault", "", str(error))]) from None
    return Beginning(site_path, site, past, centre, resumed_at, request.end, because)


def make_stores(site: Site) -> str:
    """Make the databases before who reads them starts. A token of the engineer, for all that they may."""
    SeriesWriter(site.series_path).close()
    records = Records(site.records_url)
    records.upgrade()
    with transaction(records, site, "demo", now()) as tx:
        add_people(tx)
        user = new_demo_user(tx, "engineer")
        token = make_token(tx, user.name, "demo", ["read", *rights_of(user.roles)])
    records.close()
    return token


def write_past(demo: Beginning, progress: PastProgress) -> None:
    """Store all that is missing until `demo.until`, and note it last. StoppedError leaves it unfinished."""
    site, centre = demo.site, demo.centre
    if demo.resumed_at is None:
        if len(os.sched_getaffinity(0)) > 1:
            opened = store_in_second_process(site, demo.site_path, site.series_path)
        else:
            opened = store_in_this_process(site, site.series_path)
        with opened as store:
            write_history(site, centre, demo.until, store, progress)
        _write_work(demo)
    else:
        for at in live_again(site, centre, demo.resumed_at, STEP):
            progress(at)
        with store_in_this_process(site, site.series_path) as store:
            start, studies_from = (
                demo.resumed_at + STEP,
                max(demo.past.start, demo.resumed_at - DAY),
            )
            write_history(
                site, centre, demo.until, store, progress, start=start, studies_from=studies_from
            )
    folder = site.file.storage.folder
    demo.past.write(folder)
    remove_backfill_note(folder)


def supplier_address(site: Site) -> str:
    """Of what a supplier sees of one of the tickets; another at each start."""
    with closing(Records(site.records_url)) as records:
        return supplier_page(records, site, now())


def _write_work(demo: Beginning) -> None:
    """What the centre's people did in the quarter, before anybody judges or plans."""
    with closing(Records(demo.site.records_url)) as records:
        write_quarter(records, demo.site, demo.past.end, demo.past.seed)
