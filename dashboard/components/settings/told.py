"""Who is told, by which ways, of what: channels with a test, people, and routes."""

from collections.abc import Callable
from html import escape
from typing import NamedTuple, get_args

import streamlit as st

from core.schema.channels import KINDS, Route, channel_model
from core.schema.editing.address import Raw
from core.schema.editing.change import Add, Change, Put, Remove
from core.schema.people import Person
from core.schema.strict_model import Strict
from core.vocabulary.severity import Severity
from dashboard import forms
from dashboard.components.settings.entered_changes import (
    RawMap,
    defaults_first,
    propose_item,
    propose_removal,
    propose_values,
    raw_list,
)
from dashboard.components.settings.fields import Choices, choice_of, label_of, model_fields
from dashboard.components.settings.words import ADD
from dashboard.components.shared.list_row import hint, section
from dashboard.i18n import t
from dashboard.queries import settings as setting_queries
from dashboard.text import format as fmt

WORST = ["error", "critical"]  # what a new channel is for, unless somebody says more


class ItemList(NamedTuple):
    """A list of the site file and how one of its items is shown."""

    key: str
    model: type[Strict]
    title: Callable[[RawMap], str]
    only: tuple[str, ...] = ()


def _route_title(route: RawMap) -> str:
    ways = [str(name) for key in ("channels", "to", "roles") for name in _names(route.get(key))]
    severities = ", ".join(choice_of(str(word)) for word in _names(route.get("severities")))
    return f"{severities}: {', '.join(ways)}"


def _named_title(item: RawMap) -> str:
    return f"{item.get('name') or item.get('id', '')} ({item.get('role') or item.get('kind', '')})"


PEOPLE = ItemList("people", Person, _named_title)
ROUTES = ItemList("routes", Route, _route_title, ("severities", "channels", "to", "roles"))


def channel_settings() -> None:
    """Each channel with a test, its fields and a way out; and one more of any kind."""
    section(t("settings.channels"))
    for place, channel in enumerate(raw_list("channels")):
        kind, name = str(channel.get("kind")), str(channel.get("id"))
        listed = ItemList("channels", channel_model(kind), _named_title)
        with st.expander(fmt.plain(_named_title(channel)), key=f"channel-{name}"):
            _test(name)
            _item(listed, place, channel, without=("kind",), others=_without_channel(name))
    with st.expander(t("settings.channel_add"), key="channel-add"):
        kind = st.selectbox(
            label_of("kind"), list(KINDS), 1, format_func=choice_of, key="channel-kind"
        )
        if kind == "apprise":
            st.caption(t("settings.apprise_about"))
        _new_channel(kind)


def people_settings() -> None:
    """Who is told by channels of their own."""
    section(t("settings.people"))
    st.html(hint(t("settings.people_about")))
    _items(PEOPLE)


def route_settings() -> None:
    """What goes where."""
    section(t("settings.routes"))
    _items(ROUTES)


def _new_channel(kind: str) -> None:
    name = "channel-new"
    with st.form(forms.once(name), border=False):
        key = f"{forms.once(name)}-{kind}"
        entered = model_fields(
            channel_model(kind), {"kind": kind}, key, _choices(), without=("kind",)
        )
        severities = st.multiselect(
            t("settings.channel_for"),
            get_args(Severity),
            WORST,
            key=f"{key}-for",
            format_func=choice_of,
        )
        if forms.submit(t("settings.preview"), "change the site file", primary=False):
            route: Raw = {"severities": [*severities], "channels": [str(entered.values.get("id"))]}
            more = [*defaults_first("routes"), Add("routes", route)] if severities else []
            forms.do(name, lambda: propose_item("channels", entered, more))


def _items(listed: ItemList) -> None:
    for place, item in enumerate(raw_list(listed.key)):
        with st.expander(fmt.plain(listed.title(item)), key=f"{listed.key}-{place}"):
            _item(listed, place, item)
    with st.expander(t(ADD[listed.key]), key=f"{listed.key}-add"):
        name = f"{listed.key}-new"
        with st.form(forms.once(name), border=False):
            entered = model_fields(listed.model, {}, forms.once(name), _choices(), only=listed.only)
            if forms.submit(t("settings.preview"), "change the site file", primary=False):
                forms.do(name, lambda: propose_item(listed.key, entered))


def _item(
    listed: ItemList,
    place: int,
    item: RawMap,
    *,
    without: tuple[str, ...] = (),
    others: tuple[Change, ...] = (),
) -> None:
    name = f"{listed.key}-{place}-form"
    with st.form(forms.once(name), border=False):
        entered = model_fields(
            listed.model, item, forms.once(name), _choices(), only=listed.only, without=without
        )
        if forms.submit(t("settings.preview"), "change the site file", primary=False):
            forms.do(name, lambda: propose_values(f"{listed.key}[{place}]", item, entered))
    forms.button(
        f"{listed.key}-{place}-remove",
        t("settings.remove"),
        lambda: propose_removal(listed.key, place, others),
        right="change the site file",
    )


def _test(name: str) -> None:
    outcomes: dict[str, str] = st.session_state.setdefault("channel-tests", {})

    def tried() -> str:
        outcomes[name] = setting_queries.try_channel(name)
        return t("settings.tested")

    forms.button(f"channel-test-{name}", t("settings.test"), tried, right="change the site file")
    if name in outcomes:
        st.html(f'<p class="sw-hint" role="status">{escape(outcomes[name])}</p>')


def _without_channel(name: str) -> tuple[Change, ...]:
    """The routes that name it, without it, or gone; a person who has no other channel is said by the check."""
    changes: list[Change] = []
    for place, route in reversed([*enumerate(raw_list("routes"))]):
        named = _names(route.get("channels"))
        others: list[Raw] = [other for other in named if other != name]
        if others or route.get("to") or route.get("roles"):
            changes += [Put(f"routes[{place}].channels", others)] if others != named else []
        elif named:
            changes.append(Remove(f"routes[{place}]"))
    return tuple([*defaults_first("routes"), *changes] if changes else [])


def _choices() -> Choices:
    people, rota = raw_list("people"), raw_list("rota")
    roles = [str(person["role"]) for person in people if person.get("role")]
    return {
        "channels": [str(channel.get("id")) for channel in raw_list("channels")],
        "to": [str(each.get("id")) for each in (*people, *rota)] + roles,
        "roles": roles,
        "severities": list(get_args(Severity)),
    }


def _names(value: object) -> list[Raw]:
    return value if isinstance(value, list) else []
