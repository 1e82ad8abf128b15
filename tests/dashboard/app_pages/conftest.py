"""What the tests of pages share."""

import time

import pytest


@pytest.fixture(autouse=True)
def _now_is_of_the_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's NOW is when its test begins: in a long run minutes have passed since the file was read."""
    if isinstance(getattr(request.module, "NOW", None), int):
        monkeypatch.setattr(request.module, "NOW", time.time_ns() // 1_000_000)
