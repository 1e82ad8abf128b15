"""A form for any model of the site file: a field for each key that is a word, a number or a choice.

The models describe themselves, so a new kind of channel needs no code here. What is nested deeper stays
as it is in the file.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import streamlit as st

from core.number_input import latin
from core.schema.editing.address import Raw
from core.schema.secret import FORMS, Secret
from core.schema.strict_model import Strict
from dashboard.components.settings.words import CHOICES, FIELDS
from dashboard.i18n import t

Choices = Mapping[str, Sequence[str]]  # what a list of names may hold, by its key


@dataclass
class Entered:
    """What stands in a form: the values to write, and secrets that were typed, by their key."""

    values: dict[str, Raw] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def model_fields(
    model: type[Strict],
    now: Mapping[str, Raw],
    key: str,
    choices: Choices,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> Entered:
    """Fields for the keys of a model as they are `now`; what they hold when the form is handed in.

    An empty field leaves its key out of the file.
    """
    entered = Entered(dict(now))
    for name, known in model.model_fields.items():
        title = known.alias or name
        if (only and title not in only) or title in without:
            continue
        plain = _plain(known.annotation)
        default = None if known.is_required() else known.get_default(call_default_factory=True)
        _enter(entered, title, plain, default, f"{key}-{title}", choices)
    return entered


def _enter(
    entered: Entered, name: str, plain: Any, default: object, key: str, choices: Choices
) -> None:
    before = entered.values.get(name)
    label, value = label_of(name), _shown(before)
    if plain is Secret:
        typed = st.text_input(
            label, key=key, type="password", placeholder=value, help=t("settings.secret")
        )
        if typed.startswith(FORMS):
            entered.values[name] = typed.strip()
        elif typed.strip():
            entered.secrets[name] = typed.strip()
        return
    if plain is bool:
        new: Raw = st.checkbox(
            label, before if isinstance(before, bool) else bool(default), key=key
        )
        new = None if new == default and before is None else new
    elif get_origin(plain) is Literal:
        new = _chosen(label, key, list(get_args(plain)), before, default)
    elif name in choices:
        known = list(dict.fromkeys((*choices[name], *(before if isinstance(before, list) else []))))
        new = [
            *st.multiselect(label, known, before, key=key, placeholder="", format_func=choice_of)
        ]
    elif get_origin(plain) in (list, dict, tuple) or _is_model(plain):
        return
    else:
        new = _typed(
            st.text_input(label, value, key=key, placeholder=_shown(_worded(default))), plain
        )
    if new is None or new == []:
        entered.values.pop(name, None)
    else:
        entered.values[name] = new


def _chosen(label: str, key: str, known: list[Any], before: Raw, default: object) -> Raw:
    begin = before if before in known else default
    place = known.index(begin) if begin in known else None
    chosen: Raw = st.selectbox(
        label, known, place, key=key, placeholder="", format_func=lambda word: choice_of(str(word))
    )
    return None if chosen == default and before is None else chosen


def _typed(text: str, plain: Any) -> Raw:
    """A number where the model has one, in any digits; `30m` stays a text, which the model reads."""
    text = text.strip()
    if plain in (int, float):
        number = latin(text)
        try:
            return int(number) if plain is int or number.lstrip("-").isdecimal() else float(number)
        except ValueError:
            return number or None
    return text or None


def label_of(name: str) -> str:
    """What a key is called on the page; a key that nobody has named stands as it is in the file."""
    return t(FIELDS[name]) if name in FIELDS else name


def choice_of(word: str) -> str:
    """The same for a word that can be chosen."""
    return t(CHOICES[word]) if word in CHOICES else word


def _plain(annotation: Any) -> Any:
    """The type without `None` and what it is checked by."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not type(None)]
        return _plain(others[0])
    return annotation


def _is_model(plain: Any) -> bool:
    return isinstance(plain, type) and issubclass(plain, Strict)


def _worded(default: object) -> Raw:
    return default if isinstance(default, str) else None


def _shown(value: Raw) -> str:
    return "" if value is None else str(value)
