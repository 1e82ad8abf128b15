"""Alerts silenced, maintenance announced and begun, windows ended and prolonged: what is refused, what is kept."""

from collections.abc import Callable
from datetime import datetime

import pytest

from alerts.evaluation.window_changes import (
    end_window,
    extend_window,
    open_maintenance,
    silence_alert,
    work_now,
)
from alerts.evaluation.windows import marks, next_span, open_span
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE, to_ms
from storage.records import Audit, Window
from storage.records import base as table_rows
from storage.records import windows as window_rows
from storage.records.transaction import Transaction, transaction
from tests.alerts.conftest import T0, Centre, at

LEAK = ("mri-2", "", "leak")


def do(
    centre: Centre, action: Callable[[Transaction], object], now: int = T0, by: str = "sara"
) -> None:
    with transaction(centre.records, centre.site, by, now) as tx:
        action(tx)


def refusal(centre: Centre, action: Callable[[Transaction], object], now: int = T0) -> str:
    with pytest.raises(RefusedError) as refused:
        do(centre, action, now)
    return str(refused.value)


def windows(centre: Centre) -> list[Window]:
    with centre.records.reading() as db:
        return window_rows.all_windows(db)


def marks_at(centre: Centre, now: int) -> tuple[str, int | None]:
    """What stands beside the alert of the leak, as the engine asks it."""
    with centre.records.reading() as db:
        return marks(window_rows.windows_at(db, now), LEAK, now, centre.site.zone)


def leaking(centre: Centre) -> int:
    """Water at T0; the number of its alert."""
    centre.read("leak", 1, 0)
    return centre.alerts()[0].id


def wall(centre: Centre, text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=centre.site.zone))


# Silences


def test_a_silence_has_an_author_a_reason_and_an_end(centre: Centre) -> None:
    number = leaking(centre)
    do(centre, lambda tx: silence_alert(tx, number, T0 + 4 * HOUR, " drain is\nknown "))
    [silence] = windows(centre)
    assert (silence.kind, silence.by, silence.reason) == ("silence", "sara", "drain is known")
    assert marks_at(centre, T0 + HOUR) == ("", T0 + 4 * HOUR)
    assert marks_at(centre, T0 + 4 * HOUR) == ("", None)
    assert centre.alerts()[0].acknowledged_at is None  # that is another thing


def test_silenced_twice_is_one_silence_and_the_last_word_counts(centre: Centre) -> None:
    number = leaking(centre)
    for hours in (4, 4, 1):
        do(centre, lambda tx, hours=hours: silence_alert(tx, number, T0 + hours * HOUR, "known"))  # type: ignore[misc]
    assert [silence.ends_at for silence in windows(centre)] == [T0 + HOUR]


def test_a_silence_is_of_its_alert_alone(centre: Centre) -> None:
    number = leaking(centre)
    centre.read("leak", 1, 0, device="mri-3")
    do(centre, lambda tx: silence_alert(tx, number, T0 + HOUR, "known"))
    with centre.records.reading() as db:
        rows = window_rows.windows_at(db, T0)
    other = ("mri-3", "", "leak")
    assert marks(rows, other, T0, centre.site.zone) == ("", None)
    assert marks(rows, ("mri-2", "", "helium_low"), T0, centre.site.zone) == ("", None)


def test_what_may_not_be_silenced(centre: Centre) -> None:
    number, soon = leaking(centre), T0 + HOUR
    centre.read("helium_level_pct", 50, 0)
    pending = next(alert.id for alert in centre.alerts() if alert.state == "pending")
    for nothing in (pending, 99):
        words = refusal(centre, lambda tx, it=nothing: silence_alert(tx, it, soon, "x"))  # type: ignore[misc]
        assert words == f"there is no alert {nothing} that has fired"
    for reason in ("", " \n\t"):
        assert refusal(centre, lambda tx, why=reason: silence_alert(tx, number, soon, why)) == (  # type: ignore[misc]
            "say why"
        )
    for until in (T0, T0 - DAY, 0):
        assert refusal(centre, lambda tx, end=until: silence_alert(tx, number, end, "x")) == (  # type: ignore[misc]
            "the window would be over already"
        )
    far = T0 + 30 * DAY + 1
    assert refusal(centre, lambda tx: silence_alert(tx, number, far, "x")) == (
        "a window lasts 30 d at most"
    )
    assert "nobody can see: U+0007" in refusal(
        centre, lambda tx: silence_alert(tx, number, soon, "bell\a")
    )
    assert "more than 500" in refusal(
        centre, lambda tx: silence_alert(tx, number, soon, "x" * 1_000_000)
    )
    assert windows(centre) == []
    centre.read("leak", 0, 1)
    assert "has ended" in refusal(centre, lambda tx: silence_alert(tx, number, soon, "x"), at(2))


# Maintenance


def test_planned_maintenance_is_of_a_whole_device_or_of_a_part_of_it(centre: Centre) -> None:
    begin, end = T0 + DAY, T0 + DAY + 3 * HOUR
    do(centre, lambda tx: open_maintenance(tx, "mri-2", begin, end, "yearly service"))
    assert marks_at(centre, T0) == ("", None)
    assert marks_at(centre, begin) == ("window 1", None)
    do(centre, lambda tx: open_maintenance(tx, "mri-2", T0, end, "drain", rule="leak"))
    assert marks_at(centre, T0) == ("window 2", None)


def test_what_would_have_begun_in_the_past_begins_now(centre: Centre) -> None:
    do(centre, lambda tx: open_maintenance(tx, "mri-2", T0 - DAY, T0 + HOUR, "service"))
    assert [window.starts_at for window in windows(centre)] == [T0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"device": "mri-1"}, "there is no device 'mri-1' (did you mean 'mri-3'?)"),
        ({"rule": "leek"}, "mri-2 has no rule 'leek' (did you mean 'leak'?)"),
        ({"component": "coil"}, "mri-2 has no part 'coil'"),
        ({"component": "snpm"}, "mri-2 has no part 'snpm' (did you mean 'snmp'?)"),
        ({"reason": " "}, "say why"),
        ({"ends_at": T0 - 1}, "the window would be over already"),
        ({"starts_at": T0 + DAY, "ends_at": T0 + HOUR}, "a window ends after it begins"),
        ({"starts_at": T0 + DAY, "ends_at": T0 + DAY}, "a window ends after it begins"),
        ({"ends_at": T0 + 31 * DAY}, "a window lasts 30 d at most"),
        (
            {"starts_at": T0 + 3653 * DAY, "ends_at": T0 + 3653 * DAY + HOUR},
            "a window begins within a year from now",
        ),
        ({"until": T0 + DAY}, "only a window that repeats has a last day"),
        ({"repeats": "daily", "ends_at": T0 + DAY}, "it would begin again before it has ended"),
        (
            {"repeats": "weekly", "ends_at": T0 + 8 * DAY},
            "it would begin again before it has ended",
        ),
        ({"repeats": "daily", "until": T0}, "a window ends after it begins"),
        (
            {
                "repeats": "daily",
                "starts_at": T0 - 9 * DAY,
                "ends_at": T0 - 9 * DAY + 1,
                "until": T0,
            },
            "the window would be over already",
        ),
        ({"repeats": "monthly"}, "'monthly' is none of daily, weekly"),
    ],
)
def test_what_may_not_be_announced(centre: Centre, given: dict[str, object], words: str) -> None:
    centre.read("up", 1, 0)
    usual: dict[str, object] = {
        "device": "mri-2",
        "starts_at": T0,
        "ends_at": T0 + HOUR,
        "reason": "service",
    }
    asked = {**usual, **given}
    assert refusal(centre, lambda tx: open_maintenance(tx, **asked)).startswith(words)  # type: ignore[arg-type]
    assert windows(centre) == []


def test_one_that_repeats_may_have_begun_long_ago(centre: Centre) -> None:
    begin, end = wall(centre, "2025-01-03 08:00"), wall(centre, "2025-01-03 09:00")
    do(centre, lambda tx: open_maintenance(tx, "mri-2", begin, end, "checks", repeats="weekly"))
    assert marks_at(centre, wall(centre, "2026-11-27 08:30")) == ("window 1", None)


# Work now


def test_somebody_works_now_and_says_again_for_how_long(centre: Centre) -> None:
    do(centre, lambda tx: work_now(tx, "mri-2", 2, "coil"))
    do(centre, lambda tx: work_now(tx, "mri-2", 2, "coil"))
    do(centre, lambda tx: work_now(tx, "mri-2", 1, "coil"))  # never less long
    do(centre, lambda tx: work_now(tx, "mri-2", 4, "coil again"), T0 + HOUR)
    do(centre, lambda tx: work_now(tx, "mri-2", 8, "the cable"), T0 + HOUR, by="omar")
    assert [(w.by, w.ends_at, w.reason) for w in windows(centre)] == [
        ("sara", T0 + 5 * HOUR, "coil again"),
        ("omar", T0 + 9 * HOUR, "the cable"),
    ]


@pytest.mark.parametrize("hours", [0, -1, 25, 10**9])
def test_nobody_works_on_it_for_longer_than_a_day(centre: Centre, hours: int) -> None:
    words = refusal(centre, lambda tx: work_now(tx, "mri-2", hours, "coil"))
    assert words == "say for how long: 1 to 24 hours"


def test_work_now_leaves_a_planned_window_of_another_kind_alone(centre: Centre) -> None:
    do(centre, lambda tx: open_maintenance(tx, "mri-2", T0, T0 + HOUR, "drain", rule="leak"))
    do(centre, lambda tx: work_now(tx, "mri-2", 4, "coil"))
    assert [window.ends_at for window in windows(centre)] == [T0 + HOUR, T0 + 4 * HOUR]


# Ended, prolonged


def test_a_window_is_ended_early_once_and_prolonged_while_it_is_open(centre: Centre) -> None:
    do(centre, lambda tx: work_now(tx, "mri-2", 4, "coil"))
    do(centre, lambda tx: extend_window(tx, 1, T0 + 6 * HOUR), T0 + HOUR)
    assert marks_at(centre, T0 + 5 * HOUR) == ("window 1", None)
    do(centre, lambda tx: end_window(tx, 1), T0 + 2 * HOUR)
    assert marks_at(centre, T0 + 2 * HOUR) == ("", None)
    assert [window.ends_at for window in windows(centre)] == [T0 + 2 * HOUR]
    for action in (
        lambda tx: end_window(tx, 1),
        lambda tx: extend_window(tx, 1, T0 + 9 * HOUR),
    ):
        assert refusal(centre, action, T0 + 3 * HOUR) == "window 1 has ended already"


def test_it_is_prolonged_again_and_again_but_never_for_long(centre: Centre) -> None:
    do(centre, lambda tx: work_now(tx, "mri-2", 4, "coil"))
    for day in (0, 20, 40):
        do(
            centre,
            lambda tx, day=day: extend_window(tx, 1, T0 + (day + 30) * DAY),  # type: ignore[misc]
            T0 + day * DAY + HOUR,
        )
    far = T0 + 80 * DAY
    assert refusal(centre, lambda tx: extend_window(tx, 1, far), T0 + 40 * DAY) == (
        "a window lasts 30 d at most"
    )


def test_what_has_not_started_and_is_ended_was_never_needed(centre: Centre) -> None:
    begin = T0 + DAY
    do(centre, lambda tx: open_maintenance(tx, "mri-2", begin, begin + HOUR, "service"))
    do(centre, lambda tx: end_window(tx, 1))
    assert windows(centre) == []
    with centre.records.reading() as db:
        rows = [row for row in table_rows.all_rows(db, Audit) if row.what == "windows"]
    assert [(row.who, row.action) for row in rows] == [("sara", "insert"), ("sara", "delete")]


def test_a_turn_that_ends_early_leaves_the_later_ones(centre: Centre) -> None:
    begin, end = wall(centre, "2026-11-02 22:00"), wall(centre, "2026-11-03 02:00")
    tonight = wall(centre, "2026-11-05 23:00")
    do(
        centre,
        lambda tx: open_maintenance(tx, "mri-2", begin, end, "backup", repeats="daily"),
        begin - DAY,
    )
    do(centre, lambda tx: end_window(tx, 1), tonight)
    assert marks_at(centre, tonight) == ("", None)
    assert marks_at(centre, tonight + DAY) == ("window 2", None)
    early, late = windows(centre)
    assert open_span(early, tonight - 1, centre.site.zone) is not None
    assert next_span(late, tonight, centre.site.zone) == (
        wall(centre, "2026-11-06 22:00"),
        wall(centre, "2026-11-07 02:00"),
    )
    words = refusal(centre, lambda tx: end_window(tx, 2), tonight + MINUTE)
    assert words == "window 2 is not open now: end it for good, or leave it"
    do(centre, lambda tx: end_window(tx, 2, for_good=True), tonight + DAY)
    assert marks_at(centre, tonight + DAY) == ("", None)
    assert marks_at(centre, tonight + 2 * DAY) == ("", None)


def test_the_last_turn_that_ends_early_leaves_nothing(centre: Centre) -> None:
    until = T0 + 2 * DAY
    do(
        centre,
        lambda tx: open_maintenance(
            tx, "mri-2", T0, T0 + HOUR, "backup", repeats="daily", until=until
        ),
    )
    do(centre, lambda tx: end_window(tx, 1), T0 + DAY + MINUTE)
    assert len(windows(centre)) == 1
    words = refusal(centre, lambda tx: end_window(tx, 1), T0 + DAY + 2 * MINUTE)
    assert words == "window 1 has ended already"


def test_one_that_repeats_is_not_prolonged(centre: Centre) -> None:
    do(
        centre,
        lambda tx: open_maintenance(tx, "mri-2", T0, T0 + HOUR, "backup", repeats="daily"),
    )
    words = refusal(centre, lambda tx: extend_window(tx, 1, T0 + 2 * HOUR))
    assert words == "window 1 repeats: open another one beside it"
    assert refusal(centre, lambda tx: end_window(tx, 99)) == "there is no window 99"


# Clocks that jump


@pytest.mark.parametrize("jump", [3 * HOUR, 10 * 365 * DAY])
def test_a_window_made_by_a_clock_ahead_can_be_ended_by_one_set_right(
    centre: Centre, jump: int
) -> None:
    do(centre, lambda tx: work_now(tx, "mri-2", 1, "coil"), T0 + jump)
    assert marks_at(centre, T0) == ("", None)  # it is about instants
    do(centre, lambda tx: work_now(tx, "mri-2", 1, "coil"))
    assert marks_at(centre, T0) == ("window 2", None)
    do(centre, lambda tx: end_window(tx, 1))
    assert [window.id for window in windows(centre)] == [2]


def test_the_records_give_the_engine_no_window_that_cannot_be_open(centre: Centre) -> None:
    do(centre, lambda tx: work_now(tx, "mri-2", 1, "coil"))
    do(centre, lambda tx: open_maintenance(tx, "mri-3", T0 + DAY, T0 + 2 * DAY, "service"))
    with centre.records.reading() as db:
        ids = [[w.id for w in window_rows.windows_at(db, now)] for now in (T0, T0 + HOUR)]
        assert ids == [[1], []]
        assert [w.id for w in window_rows.windows_to_come(db, T0 + HOUR)] == [2]
