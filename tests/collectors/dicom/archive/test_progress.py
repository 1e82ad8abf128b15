"""Which days a round asks about."""

from pathlib import Path

import pytest

from collectors.dicom.archive.progress import Progress, days, misdated, names_digest, progress_of
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, HOUR, MINUTE
from tests.collectors.dicom.archive.house import KABUL, NOW
from tests.collectors.dicom.small_site import small_site

ENTRY = PacsSource.model_validate(
    {"kind": "pacs", "via": "qido", "url": "http://pacs.example", "history": "30d", "recheck": "7d"}
)
TODAY = "20260305"


def asked(progress: Progress, now: int = NOW) -> tuple[str, str]:
    every = days(progress, ENTRY, KABUL, now)
    return every[0], every[-1]


def test_the_first_round_asks_for_the_history_and_the_next_for_two_days() -> None:
    first = progress_of(None, "names", ENTRY, KABUL, NOW)
    assert asked(first) == ("20260203", TODAY)
    done = first._replace(completed_at=NOW, rechecked=NOW)
    assert asked(done, NOW + 5 * MINUTE) == ("20260304", TODAY)
    assert progress_of(done.position, "names", ENTRY, KABUL, NOW) == done
    assert misdated(first, KABUL, NOW) == ["20260307-", "-19891231"]
    assert misdated(done, KABUL, NOW + 5 * MINUTE) == []


def test_once_an_hour_it_looks_for_late_arrivals_also_with_a_clock_that_was_put_back() -> None:
    done = Progress(0, NOW, NOW, 0, "names")
    assert asked(done, NOW + HOUR) == ("20260226", TODAY)
    assert asked(done, NOW - 2 * HOUR) == ("20260226", TODAY)


def test_after_an_absence_it_asks_from_where_it_ended() -> None:
    done = Progress(0, NOW - 20 * DAY, NOW - 20 * DAY, 0, "names")
    assert asked(done) == ("20260212", TODAY)


def test_with_other_names_all_is_asked_once_more_and_the_feed_is_read_again(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    names = names_digest(site, ENTRY)
    changed = small_site(tmp_path, change=lambda text: text.replace("CTAWP1", "CTAWP2"))
    assert names_digest(changed, ENTRY) != names
    stored = Progress(NOW - 60 * DAY, NOW, NOW, 4711, names)
    after = progress_of(stored.position, names_digest(changed, ENTRY), ENTRY, KABUL, NOW)
    assert after == (NOW - 60 * DAY, 0, 0, 0, names_digest(changed, ENTRY))


@pytest.mark.parametrize("position", ["", "{}", "[]", "7", '{"began": 1}', "not JSON", '{"x": 1}'])
def test_a_position_that_is_none_is_a_first_start(position: str) -> None:
    assert progress_of(position, "names", ENTRY, KABUL, NOW).completed_at == 0
