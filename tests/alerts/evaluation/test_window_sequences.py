"""Whatever people do about windows, in whichever order and by whichever clock, none is for ever."""

from collections.abc import Callable

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from alerts.evaluation.window_changes import (
    end_window,
    extend_window,
    open_maintenance,
    silence_alert,
    work_now,
)
from alerts.evaluation.windows import marks, open_span
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from storage.records import Alert, Window
from storage.records import windows as window_rows
from storage.records.transaction import Transaction, transaction
from tests.alerts.conftest import T0, Centre
from tests.support.examples import examples

Change = Callable[[Transaction, int, int], object]  # of the window of that number, by so many hours

CHANGES: dict[str, Change] = {
    "work": lambda tx, _, hours: work_now(tx, "mri-2", hours, "coil"),
    "silence": lambda tx, _, hours: silence_alert(tx, 1, tx.now + hours * HOUR, "known"),
    "plan": lambda tx, _, hours: open_maintenance(
        tx, "mri-2", tx.now + (hours - 9) * HOUR, tx.now + 2 * hours * HOUR, "service"
    ),
    "extend": lambda tx, number, hours: extend_window(tx, number, tx.now + (hours - 2) * DAY),
    "end": lambda tx, number, _: end_window(tx, number),
}
JUMPS = [0, MINUTE, HOUR, DAY, 3 * HOUR, -3 * HOUR, 3653 * DAY, -3653 * DAY]


def rows(centre: Centre) -> list[Window]:
    with centre.records.reading() as db:
        return window_rows.all_windows(db)


def contents(centre: Centre) -> list[tuple[int, int, int, str]]:
    return [(row.id, row.starts_at, row.ends_at, row.reason) for row in rows(centre)]


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(CHANGES)),
            st.sampled_from(JUMPS),
            st.integers(0, 3),
            st.integers(0, 33),
        ),
        max_size=10,
    )
)
def test_nothing_is_quiet_for_ever_and_what_is_refused_changes_nothing(
    centre: Centre, steps: list[tuple[str, int, int, int]]
) -> None:
    begin_anew(centre)
    now = latest = T0
    for name, jump, number, hours in steps:
        now, before = now + jump, contents(centre)
        latest = max(latest, now)
        about = before[number % len(before)][0] if before else 99
        try:
            with transaction(centre.records, centre.site, "sara", now) as tx:
                CHANGES[name](tx, about, hours)
        except RefusedError:
            assert contents(centre) == before
            continue
        for row in rows(centre):
            assert row.starts_at < row.ends_at <= latest + 32 * DAY
            if name == "end" and row.id == about:
                assert open_span(row, now, centre.site.zone) is None
    with centre.records.reading() as db:
        windows = window_rows.windows_to_come(db, latest + 33 * DAY)
    leak = ("mri-2", "", "leak")
    assert marks(windows, leak, latest + 33 * DAY, centre.site.zone) == ("", None)


def begin_anew(centre: Centre) -> None:
    """One alert that fires, and no window."""
    with centre.records.writing("test", T0) as db:
        for row in window_rows.all_windows(db):
            db.delete(row)
        if db.get(Alert, 1) is None:
            alert = Alert("mri-2", "", "leak", "Water", "warning", "leak", "firing", T0)
            alert.fired_at = T0
            db.add(alert)
