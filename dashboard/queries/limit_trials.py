"""The limits that are being tried, for all sessions: a trial goes on while nobody looks."""

import json
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.queries import identity, stores
from dashboard.system import backtest_run
from dashboard.system.backtest_run import BacktestRun
from storage.records.transaction import refusal

if TYPE_CHECKING:
    from dashboard.components.settings.limit import NewLimit


@st.cache_resource(show_spinner=False)
def _trials() -> "dict[tuple[str, str], tuple[NewLimit, BacktestRun]]":
    return {}


def trial(device: str, rule: str) -> "tuple[NewLimit, BacktestRun] | None":
    """The last one of this limit; None if there was none since the server began."""
    return _trials().get((device, rule))


def begin(device: str, rule: str, new: "NewLimit") -> None:
    """Replay the past with other numbers. RefusedError for who may not, and while another is tried."""
    if not identity.may("change the site file"):
        raise refusal("change the site file")
    value = json.dumps({**new.numbers, "reason": "tried"})
    change = f"{new.address}.{rule}={value}"
    _trials()[device, rule] = (new, backtest_run.start(stores.site_path(), device, rule, change))


def forget(device: str, rule: str) -> None:
    """It was saved."""
    _trials().pop((device, rule), None)
