"""A source that fails by our own mistake: the pause before it is started again."""

import asyncio

import pytest

from app.services.collect import HEALTHY_AFTER_S, RESTART, keep_alive


class Failing:
    """Runs so many seconds of a steered clock each time, then fails."""

    name = "failing"
    last_error = ""

    def __init__(self, *runs: float) -> None:
        self.runs = list(runs)
        self.time = 0.0

    async def run(self) -> None:
        if not self.runs:
            raise asyncio.CancelledError
        self.time += self.runs.pop(0)
        raise RuntimeError("ours")

    async def once(self) -> None:
        """Never called."""


def pauses(monkeypatch: pytest.MonkeyPatch, source: Failing) -> list[float]:
    """The pauses after each run, in seconds, without their jitter."""
    kept: list[float] = []

    async def sleep(_seconds: float) -> None:
        """At once."""

    def spread(_backoff: object, pause: float, _chance: float) -> float:
        kept.append(pause)
        return 0.0

    monkeypatch.setattr("app.services.collect.time.monotonic", lambda: source.time)
    monkeypatch.setattr("app.services.collect.asyncio.sleep", sleep)
    monkeypatch.setattr(type(RESTART), "spread", spread)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_alive(source))
    return kept


def test_the_pause_doubles_and_begins_anew_after_a_healthy_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Failing(1.0, 1.0, 1.0, HEALTHY_AFTER_S + 1, 1.0)
    assert pauses(monkeypatch, source) == [1, 2, 4, 1, 2]
