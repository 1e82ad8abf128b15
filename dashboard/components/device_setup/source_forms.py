"""The sources of a device that is typed: which it shall have, their fields, and what each answers now."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.errors import ConfigError, RefusedError, StoreError
from core.schema.profile import Profile
from core.schema.sources.registry import entry_model
from dashboard import forms
from dashboard.components.device_setup.answer import show_answer
from dashboard.components.device_setup.source_fields import FIELDS, broker_fields, kinds_of_source
from dashboard.i18n import t, translate
from dashboard.queries import device_setup as setup_queries
from dashboard.queries import stores
from dashboard.queries.device_setup import Probe
from dashboard.text import format as fmt
from maintenance.site_file.device_draft import DeviceDraft, TypedSettings


def source_forms(key: str, profile: Profile, draft: DeviceDraft, *, is_new: bool) -> DeviceDraft:
    """The draft with the sources, and the broker if the site lacks it, that were typed."""
    kinds = kinds_of_source(profile)
    chosen: Sequence[str] = st.pills(
        t("add_device.sources"),
        kinds,
        default=kinds[0] if is_new and len(kinds) > 1 else None,
        selection_mode="multi",
        format_func=lambda kind: entry_model(kind).title,
        key=f"{key}-sources",
        help=t("add_device.sources_help"),
    )
    broker = None
    if "mqtt" in chosen and stores.site().file.broker is None:
        broker = broker_fields(f"{key}-broker")
    sources: list[TypedSettings] = []
    for kind in chosen:
        with st.container(border=True, key=f"{key}-{kind}-part"):
            st.markdown(f"**{entry_model(kind).title}**")
            source = FIELDS[kind](f"{key}-{kind}", profile, _choices(f"{key}-{kind}"))
            sources.append(source)
            _probe_part(f"{key}-{kind}", replace(draft, sources=(source,), broker=broker))
    return replace(draft, sources=tuple(sources), broker=broker)


def _probe_part(key: str, draft: DeviceDraft) -> None:
    """The button, and what came of it for as long as nothing else is typed."""
    why = forms.why_not("change the site file")
    if st.button(
        t("add_device.ask"), key=f"{key}-ask", icon=":material/podcasts:", disabled=bool(why)
    ):
        st.session_state[f"{key}-answer"] = draft, _answer(draft)
        st.rerun()  # with the topics that were heard to choose from
    draft_of_answer, answer = st.session_state.get(f"{key}-answer", (None, None))
    if draft_of_answer != draft or answer is None:
        return
    if isinstance(answer, Probe):
        show_answer(answer)
    else:
        st.error(fmt.plain(answer))


def _answer(draft: DeviceDraft) -> Probe | str:
    """What it answers; or why it cannot be asked."""
    with st.spinner(t("add_device.asking")):
        try:
            return setup_queries.probe(draft, 0)
        except ConfigError as error:
            return "; ".join(forms.wrong(mistake) for mistake in error.mistakes)
        except RefusedError as error:
            return translate(error.phrase)
        except StoreError as error:
            return str(error)


def _choices(key: str) -> list[str]:
    """The topics that were heard when it was asked."""
    _, answer = st.session_state.get(f"{key}-answer", (None, None))
    return answer.answer.choices if isinstance(answer, Probe) else []
