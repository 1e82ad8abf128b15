"""The list of the day by the command line: that of the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from typer.testing import CliRunner

from app.cli.main import cli
from dashboard.queries import stores
from maintenance.work_orders.opening import open_order
from tests.dashboard.centre import Centre, build, open_and_well


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    st.cache_data.clear()
    st.cache_resource.clear()
    path = build(tmp_path)
    monkeypatch.setenv(stores.SITE_VARIABLE, "another")
    with open_and_well(path, stores.now()) as centre:
        yield centre
    st.cache_data.clear()
    st.cache_resource.clear()


def today(centre: Centre) -> list[str]:
    result = CliRunner().invoke(cli, ["today", "--site", str(centre.path)])
    assert result.exception is None, result.output
    return result.stdout.splitlines()


def test_what_is_to_be_done_is_a_line_each(centre: Centre) -> None:
    assert today(centre) == ["nothing is to be done"]
    with centre.change(stores.now()) as tx:
        number = open_order(tx, "ct-2", "Fan is loud").id
    head, line = today(centre)
    assert head.split() == ["severity", "device", "what", "order", "due", "who", "examinations"]
    assert line.split()[:6] == ["now", "warning", "ct-2", "Fan", "is", "loud"]
    assert str(number) in line.split()
