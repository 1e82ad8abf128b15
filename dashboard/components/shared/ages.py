"""Ages that the browser counts on (`http/live.js`): they stay true while nothing is drawn anew."""

from html import escape

from dashboard.i18n import t
from dashboard.text import format as fmt

_PLACE = "\ue000"  # stands for the age while the sentence is escaped; no text has it (private use)


def ago(at: int | None, now: int) -> str:
    """HTML of `12 s ago`, or of `never`."""
    words = escape(fmt.age(at, now))
    return words if at is None else f'<time class="sw-ago" data-at="{at}">{words}</time>'


def with_ago(key: str, at: int | None, now: int, **values: object) -> str:
    """HTML of the words of `key`, with the age where they have `{age}`."""
    return escape(t(key, age=_PLACE, **values)).replace(_PLACE, ago(at, now))
