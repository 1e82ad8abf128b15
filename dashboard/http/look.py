"""Light, dark, or as the device is set: what somebody has chosen in this browser, for every page."""

from contextvars import ContextVar
from typing import Literal, get_args

from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard import i18n
from dashboard.http import cookies

Look = Literal["light", "dark"]
LOOKS: tuple[Look, ...] = get_args(Look)

_look: ContextVar[Look | None] = ContextVar("look", default=None)


def use_chosen(connection: HTTPConnection) -> None:
    """Show this request's page as its browser has chosen."""
    chosen = cookies.read(connection, "look")
    _look.set(next((known for known in LOOKS if known == chosen), None))


def look() -> Look | None:
    """How this request's page is shown; None: as the device is set."""
    return _look.get()


def html_tag(language: str) -> str:
    """How an HTML page begins: its language, the side from which that is read, and the chosen colours."""
    chosen = look()
    colours = f' data-look="{chosen}" style="color-scheme: {chosen}"' if chosen else ""
    return f'<html lang="{language}" dir="{i18n.direction(language)}"{colours}>'


def choose(connection: HTTPConnection, response: Response, chosen: str) -> None:
    """From the next page on; anything that is no look: as the device is set."""
    if chosen in LOOKS:
        cookies.put(connection, response, "look", chosen)
    else:
        cookies.forget(connection, response, "look")
