"""A round that is handed in: each entry by itself, once, at the time when it was typed."""

from datetime import datetime

import pytest

from collectors.manual.parse import parse
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE, SECOND, to_ms
from maintenance.rounds.entering import MOST, EntryResult, TypedEntry, believed_time, hand_in
from maintenance.rounds.panel_photos import keep_panel_photo
from storage.files import attachments
from storage.records import Alert, File, ManualReading, RoundEntry
from storage.records.base import all_rows
from storage.records.manual_readings import last_versions
from tests.maintenance.cast import KABUL, T0, House

METRIC = "qa_laser_offset_mm"  # at most 2 mm, by the plan


def entry(key: str, typed: str = "0.7", **other: object) -> TypedEntry:
    usual = TypedEntry(key, "ct-1", T0, METRIC, typed=typed)
    return usual._replace(**other)  # type: ignore[arg-type]


def hand(house: House, *entries: TypedEntry, by: str = "sara", now: int = T0) -> list[EntryResult]:
    with house.change(now, by) as tx:
        results = hand_in(tx, entries)
        tx.db.expunge_all()
    return results


def count(house: House) -> int:
    with house.look() as db:
        return len(all_rows(db, ManualReading))


def test_the_same_key_twice_is_one_reading_also_within_one_sending(house: House) -> None:
    first = hand(house, entry("a"), entry("a"))
    again = hand(house, entry("a"), now=T0 + HOUR)
    assert [result.state for result in (*first, *again)] == ["stored"] * 3
    assert count(house) == 1


def test_one_that_is_refused_or_asked_about_keeps_no_other_back(house: House) -> None:
    for day in range(1, 5):
        house.read("ct-1", METRIC, 0.7, T0 - day * DAY)
    results = hand(
        house,
        entry("a", "۰٫۷"),
        entry("b", "0.7 mm"),
        entry("c", metric="no_such_metric"),
        entry("d", device="ct-9"),
        entry("e", "7"),
        entry("f", "7", sure=True, at=T0 + SECOND),
        entry("g", ""),
    )
    states = {result.key: result.state for result in results}
    refused = dict.fromkeys("bcdg", "refused")
    assert states == {"a": "stored", "e": "asked", "f": "stored", **refused}
    assert "is the decimal point where it belongs?" in str(results[4].why)
    assert count(house) == 2


def test_a_number_beyond_its_limit_says_which(house: House) -> None:
    within, beyond = hand(house, entry("a"), entry("b", "3", at=T0 + 1))
    assert within.broken is None
    assert beyond.broken is not None
    assert beyond.broken.above == 2


def test_what_is_typed_anew_puts_the_first_right_and_leaves_a_trace(house: House) -> None:
    hand(house, entry("a", "7"))
    hand(house, entry("b", "0.7", instead_of="a"), now=T0 + MINUTE)
    with house.look() as db:
        first, second = all_rows(db, ManualReading)
        assert (second.corrects_id, second.old_value, second.at) == (first.id, 7, T0)
        assert second.reason == "typed anew on the round"
        [row] = last_versions(db, "ct-1", METRIC, "", 0, T0 + DAY)
        assert row.value == 0.7


def test_what_never_arrived_needs_no_correction(house: House) -> None:
    [result] = hand(house, entry("b", "0.7", instead_of="lost"))
    assert (result.state, count(house)) == ("stored", 1)


def test_nobody_types_anothers_number_anew(house: House) -> None:
    hand(house, entry("a", "7"))
    [result] = hand(house, entry("b", "0.7", instead_of="a"), by="ali")
    assert result.state == "refused"
    assert "only who typed a number" in str(result.why)


def test_what_was_not_read_says_why_and_is_no_reading(house: House) -> None:
    [result] = hand(house, entry("a", "", metric="", skipped="machine off"))
    assert (result.state, count(house)) == ("stored", 0)
    with house.look() as db:
        [row] = all_rows(db, RoundEntry)
    assert (row.skipped, row.device, row.who) == ("machine off", "ct-1", "sara")


@pytest.mark.parametrize("key", ["", "x" * 65, "کلید"])
def test_an_entry_without_a_key_is_refused(house: House, key: str) -> None:
    [result] = hand(house, entry(key))
    assert result.state == "refused"


def test_none_and_too_many_are_refused(house: House) -> None:
    for entries in ([], [entry("a")] * (MOST + 1)):
        with pytest.raises(RefusedError):
            hand(house, *entries)


@pytest.mark.parametrize(
    ("stated", "believed"),
    [
        (T0, T0),
        (T0 - HOUR, T0 - HOUR),  # the network was gone
        (T0 - 20 * DAY, T0 - 20 * DAY),
        (T0 + 30 * SECOND, T0),  # a little ahead
        (0, None),
        (to_ms(datetime(2036, 2, 7, tzinfo=KABUL)), None),
        (-1, None),
        (T0 - 40 * DAY, None),
    ],
)
def test_a_phones_clock_is_believed_as_far_as_it_can_be_true(
    stated: int, believed: int | None
) -> None:
    assert believed_time(stated, T0) == ((T0, stated) if believed is None else (believed, None))


def test_a_late_number_beyond_its_limit_does_not_fire_about_a_past_that_has_ended(
    house: House,
) -> None:
    def judged() -> list[str]:
        with house.look() as db:
            house.writer.append([parse(house.site, all_rows(db, ManualReading))])
        while house.engine.step():
            pass
        with house.look() as db:
            return [f"{alert.metric} {alert.state}" for alert in all_rows(db, Alert)]

    hand(house, entry("today"))
    assert judged() == []
    hand(house, entry("paper", "3", at=T0 - DAY), now=T0 + HOUR)
    assert judged() == []
    hand(house, entry("now", "3", at=T0 + HOUR), now=T0 + HOUR)
    assert judged() == [f"{METRIC} firing"]


def test_a_photo_is_kept_once_by_its_digest(house: House) -> None:
    for _ in range(2):
        with house.change(T0) as tx:
            keep_panel_photo(tx, "p", "ct-1", b"\xff\xd8 a small jpeg", T0)
    with house.look() as db:
        [file], [row] = all_rows(db, File), all_rows(db, RoundEntry)
    assert (file.about, file.about_id, file.name) == ("round", "ct-1", "ct-1-2025-01-04-0800.jpg")
    assert row.file_id == file.id
    folder = house.site.file.storage.folder
    assert attachments.read(folder, file.sha256) == b"\xff\xd8 a small jpeg"
