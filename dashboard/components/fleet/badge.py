"""A state as icon, word and colour: any one of the three is enough to read it."""

from html import escape

from dashboard.i18n import t
from dashboard.views.device_status import State

_WORDS: dict[State, str] = {
    "ok": "state.ok",
    "info": "state.info",
    "warning": "state.warning",
    "error": "state.error",
    "critical": "state.critical",
    "unavailable": "state.unavailable",
    "unknown": "state.unknown",
}


def state_word(state: State) -> str:
    """The word alone."""
    return t(_WORDS[state])


def badge(state: State) -> str:
    """Icon, word and colour. The shape of the icon differs by state too (look.css)."""
    return f'<span class="sw-badge sw-{state}">{icon(state)}{escape(state_word(state))}</span>'


def icon(state: State) -> str:
    """The shape alone; a screen reader passes over it."""
    return f'<span class="sw-icon sw-icon-{state}" aria-hidden="true"></span>'
