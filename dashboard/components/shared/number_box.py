"""The one box for numbers. It is a field of text, for a browser's field of numbers drops what it does
not know: `12,5` becomes 125 there, and Dari digits nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Generic, Literal, TypeVar

import streamlit as st

from core.errors import ConfigError, Mistake
from core.text.phrase import Phrase
from dashboard.i18n import translate
from dashboard.text import format as fmt

Number = TypeVar("Number", int, float, date)


@dataclass(frozen=True, slots=True)
class Box(Generic[Number]):
    """What stands in a box."""

    label: str
    text: str
    parse: Callable[[str], Number]  # ValueError holds what is wrong, as `Phrase`

    @property
    def value(self) -> Number | None:
        """The number; None if there is none, or nothing but what is wrong."""
        return None if self.wrong or not self.text.strip() else self.parse(self.text)

    @property
    def wrong(self) -> str:
        """Why it is no number, in words; nothing if it is one, or the box is empty."""
        if self.text.strip():
            try:
                self.parse(self.text)
            except ValueError as error:
                return translate(error.args[0])
        return ""

    def given(self) -> Number | None:
        """The number, None if the box is empty. ConfigError names the box if it holds no number."""
        check([self])
        return self.value

    def needed(self) -> Number:
        """The number, without which nothing is done."""
        value = self.given()
        if value is None:
            raise ConfigError([Mistake("", self.label, Phrase("is required"))])
        return value

    def show_mistake(self) -> None:
        """Say at once what is wrong, where no form is handed in."""
        if self.wrong:
            st.html(f'<p class="sw-out sw-error-text" role="alert">{escape(self.wrong)}</p>')


def number_box(
    label: str,
    parse: Callable[[str], Number],
    begin: str = "",
    *,
    key: str | None = None,
    hint: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    is_persistent: bool = False,
) -> Box[Number]:
    """A box; `is_persistent` while the session looks at other pages. What was typed stays, right or wrong."""
    text = st.text_input(
        fmt.plain(label), begin, key=key, placeholder=hint, width=width, autocomplete="off",
        persist_state="session" if is_persistent else None,
    )  # fmt: skip
    return Box(label, text, parse)


def check(boxes: Iterable[Box[Number]]) -> None:
    """ConfigError with every box that holds no number, by its label."""
    mistakes = [Mistake("", box.label, box.wrong) for box in boxes if box.wrong]
    if mistakes:
        raise ConfigError(mistakes)
