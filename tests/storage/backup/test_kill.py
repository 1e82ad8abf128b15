"""kill -9 of a backup: what looks finished is whole, and what is not is cleaned up by the next one."""

import itertools
import random
import shutil
import time
from pathlib import Path

from storage.backup.manifest import verify
from storage.backup.restore import restore
from storage.backup.retention import finished
from storage.backup.take import take
from tests.storage.cast import T0, Place
from tests.support.kill_targets import Doomed, scanward

KILLS = 20


def test_killed_at_any_moment_a_backup_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    plain = Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")
    plain.append(range(150_000))
    plain.raise_alert("old")
    old = (plain.backups / f".scanward-small-old-{n}.part" for n in itertools.count())

    def is_under_way() -> bool:
        return any("-old-" not in part.name for part in plain.backups.glob(".*.part"))

    def begun() -> Doomed:
        """A backup that has begun, not mistaken for what a killed one left."""
        for left in plain.backups.glob(".*.part"):
            left.rename(next(old))
        process = Doomed(scanward, "backup", "--site", str(plain.site_path))
        while process.is_alive and not is_under_way():
            time.sleep(0.002)
        return process

    undisturbed, began = begun(), time.monotonic()
    while is_under_way():
        time.sleep(0.002)
    lasts = time.monotonic() - began
    undisturbed.kill()
    chance = random.Random(7)
    in_the_middle = 0
    for _ in range(KILLS):
        for whole in finished(plain.backups, "small").values():
            verify(whole)
            shutil.rmtree(whole)  # the next may be of the same second
        process = begun()
        time.sleep(chance.uniform(0, lasts))
        in_the_middle += is_under_way()
        process.kill()
    assert in_the_middle >= KILLS / 2
    for whole in finished(plain.backups, "small").values():
        verify(whole)
    made = take(plain.site, plain.site_path, plain.backups, T0)
    assert not list(plain.backups.glob(".*")), "the next one cleans up"
    restore(made, plain.site_path, T0)
    assert len(plain.numbers()) == 150_000
