"""What was done the last time: of the same device and rule, done, and without the number of anybody."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notification.last_time import LONGEST_RESULT, first_line, last_repair
from storage.records import Alert
from tests.alerts.notification.incidents import at
from tests.alerts.notification.letters import Post


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


@pytest.fixture
def alert(post: Post) -> Alert:
    return post.begin(0, "mri-2")


def last(post: Post, alert: Alert) -> str | None:
    with post.records.reading() as db:
        repair = last_repair(db, alert, at(0))
    return None if repair is None else repair.result


def test_the_newest_order_of_the_same_fault(post: Post, alert: Alert) -> None:
    assert last(post, alert) is None
    post.repair(None, "older", -300, fault="helium_low")
    post.repair(None, "newer", -200, fault="helium_low", state="signed_off")
    assert last(post, alert) == "newer"


@pytest.mark.parametrize(
    "other",
    [
        {"device": "ct-1"},
        {"fault": "magnet_drifts"},
        {"state": "cancelled"},
        {"state": "open", "done_at": None},
        {"result": ""},
        {"result": " \n\t\n"},
        {"done_at": at(60 * 24 * 3650)},
    ],
    ids=str,
)
def test_another_order_is_not_it(post: Post, alert: Alert, other: dict[str, Any]) -> None:
    post.repair(None, **{"result": "not this", "minute": -100, "fault": "helium_low", **other})
    assert last(post, alert) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("replaced pump filter\nAhmad, 0700 123 456", "replaced pump filter"),
        ("\n\n  cleaned \u202e condenser", "cleaned  condenser"),
        ("patient 0700123456 fell ill", "patient … fell ill"),
        ("مریض ۰۷۰۰۱۲۳۴۵۶ آمد", "مریض … آمد"),
        ("ID 12-34-56/7, file (0799) 12 34", "ID …, file (…"),
        ("born 1985-03-02", "born …"),
        ("filter 12.5 bar, 3 screws, E104", "filter 12.5 bar, 3 screws, E104"),
    ],
)
def test_the_first_line_without_numbers_of_persons(written: str, shown: str) -> None:
    assert first_line(written) == shown


@given(st.text(max_size=2000))
def test_any_result_is_a_line_of_bounded_length(text: str) -> None:
    line = first_line(text)
    assert len(line) <= LONGEST_RESULT
    assert "\n" not in line
