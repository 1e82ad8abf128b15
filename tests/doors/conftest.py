"""Who drives the pages of these tests."""

import pytest

from tests.dashboard.people import SARA_HERSELF, sign_in


@pytest.fixture(autouse=True)
def _sara_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch, SARA_HERSELF)
