"""The rows: an action, the service function that does it, and every door that leads to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import ConfigError, RefusedError
from core.time.clock import HOUR
from dashboard.i18n import t
from maintenance.work_orders import states
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import cancel
from tests.dashboard.centre import Centre
from tests.dashboard.sample_work import order_by_hand

Attempt = Callable[["Visit"], object]  # what a person does; it raises what is refused


@dataclass(frozen=True, slots=True)
class Visit:
    """A centre at which somebody tries something, and the order or task that it is about."""

    centre: Centre
    now: int
    about: int = 0

    def command(self, *words: object) -> str:
        """What a command prints; what it raises is raised here."""
        call = [str(word) for word in words]
        result = CliRunner().invoke(cli, [*call, "--site", str(self.centre.path)])
        if result.exception is not None:
            raise result.exception
        return result.stdout


@dataclass(frozen=True, slots=True)
class Door:
    """Where a page, a command or a form calls the service function, and somebody who comes in by it."""

    place: str  # module:function
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. What is attempted at each door is refused in the same words."""

    name: str
    service: Callable[..., object]
    refusal: str  # empty: nothing is refused, the one door is only shown to lead there
    doors: Sequence[Door]
    prepare: Callable[[Centre, int], int] = lambda _centre, _now: 0  # what it is about


def refusal_of(attempt: Attempt, visit: Visit) -> str:
    """The words in which it is refused; empty if it is done."""
    try:
        attempt(visit)
    except RefusedError as error:
        return str(error)
    except ConfigError as error:
        return "; ".join(str(mistake.text) for mistake in error.mistakes)
    return ""


def on_page(test: AppTest, nth_grey: int = 0) -> None:
    """Raise what a page shows to be refused; else why the button, which of the grey ones it is, is grey."""
    before, after = t("form.refused", why="...").split("...")
    for error in test.error:
        raise RefusedError("{words}", words=error.value.removeprefix(before).removesuffix(after))
    reasons = [note.value for note in test.caption if note.value.startswith("only ")]
    if reasons:
        raise RefusedError("{words}", words=reasons[nth_grey])


def an_order(centre: Centre, now: int) -> int:
    """Opened an hour ago for a device that cannot be used; its number."""
    return order_by_hand(centre, now - HOUR)


def a_done_order(centre: Centre, now: int) -> int:
    """The work is done, nobody has checked the device."""
    number = an_order(centre, now)
    with centre.change(now - 1) as tx:
        complete(tx, number, result="Fan changed")
    return number


def a_cancelled_order(centre: Centre, now: int) -> int:
    number = an_order(centre, now)
    with centre.change(now - 1) as tx:
        cancel(tx, number, "by mistake")
        assert states.get(tx.db, number).state == "cancelled"
    return number
