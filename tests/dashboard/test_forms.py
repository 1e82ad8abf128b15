"""A form is handed in once. Streamlit begins the run of a second click while the first still runs."""

from threading import Event, Thread

import pytest
import streamlit as st

from dashboard import forms


def test_a_second_click_while_the_first_is_being_done_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, deeds, reruns = forms._Session(), list[str](), list[str]()
    began, goes_on, drawn = Event(), Event(), Event()
    monkeypatch.setattr(forms, "_session", lambda: session)
    monkeypatch.setattr(st, "rerun", lambda: reruns.append("again"))

    def deed() -> str:
        deeds.append("done")
        began.set()
        assert goes_on.wait(10)
        return "It is done"

    def run(seen: Event) -> None:
        forms.once("order-new")
        seen.set()
        forms.do("order-new", deed)

    first, second = Thread(target=run, args=[Event()]), Thread(target=run, args=[drawn])
    first.start()
    assert began.wait(10)
    second.start()
    assert drawn.wait(10)
    goes_on.set()
    first.join(10)
    second.join(10)
    assert deeds == ["done"]
    assert reruns == ["again", "again"], "both show the page as it is now"
    run(Event())
    assert deeds == ["done", "done"], "the form that is there now can be handed in"
