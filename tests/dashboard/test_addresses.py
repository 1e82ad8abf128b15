"""An address holds ids: what was chosen in one language is chosen in the other."""

from dataclasses import replace
from typing import Any

import pytest

from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, whole
from tests.dashboard.people import person, sign_in

EVERYBODY = person("engineer", "physicist", "IT", "manager")
# Of each page with filters: which control, by its key, is set to what, and what the address is then.
CHOICES: dict[str, dict[str, tuple[object, str, str]]] = {
    "orders": {
        "orders-shown": ("working", "show", "working"),
        "orders-device": ("ct-2", "device", "ct-2"),
    },
    "tickets": {"tickets-shown": ("all", "show", "all")},
    "search": {"search-device": ("ct-2", "device", "ct-2")},
    "audit": {"audit-days": (365, "days", "365")},
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_chosen_is_in_the_address_by_its_id_and_the_same_in_dari(
    name: str, furnished: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, EVERYBODY)
    test = page(name)
    query: dict[str, str] = {}
    for key, (value, parameter, written) in CHOICES[name].items():
        control = control_of(test, key)
        control.set_value(value)
        test = whole(test.run())
        assert test.query_params[parameter] == written
        query[parameter] = written
    sign_in(monkeypatch, replace(EVERYBODY, language="fa"))
    dari = page(name, **query)
    for key, (value, parameter, written) in CHOICES[name].items():
        assert dari.session_state[key] == value
        assert dari.query_params[parameter] == written


def test_a_month_of_a_report_stays_that_month_whatever_calendar_its_reader_has(
    furnished: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, EVERYBODY)
    before = page("reports").session_state["report-month"].later(-1)
    for language in ("en", "fa"):
        sign_in(monkeypatch, replace(EVERYBODY, language=language))
        assert page("reports", month=str(before)).session_state["report-month"] == before


def control_of(test: Any, key: str) -> Any:
    controls = [*test.selectbox, *test.get("button_group")]
    return next(control for control in controls if control.key == key)
