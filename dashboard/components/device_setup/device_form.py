"""What a device is called and where it stands; of one that is there, also which of its sources go."""

from dataclasses import replace

import streamlit as st

from core.schema.profile import Profile
from core.schema.site import Device, Site
from dashboard.i18n import t, t_data
from maintenance.site_file.device_draft import DeviceDraft, proposed_id

LONGEST = 120  # characters


def new_device(key: str, kind: str, profile: Profile, site: Site) -> DeviceDraft:
    """Its name and id are proposed."""
    named = t_data(profile.title) or kind
    with st.container(horizontal=True):
        name = st.text_input(
            t("add_device.name"), named, key=f"{key}-{kind}-name", max_chars=LONGEST
        )
        room = st.text_input(t("add_device.room"), key=f"{key}-room", max_chars=LONGEST)
    proposed = proposed_id(name, profile.kind, site.devices)
    with st.container(horizontal=True):
        device_id = st.text_input(
            t("add_device.id"),
            proposed,
            key=f"{key}-id-{proposed}",
            max_chars=40,
            help=t("add_device.id_help"),
        )
        above = _above(key, (), site, without="")
    return DeviceDraft(device_id.strip(), " ".join(name.split()), kind, room.strip(), above)


def known_device(
    key: str, device: Device, site: Site
) -> tuple[DeviceDraft, DeviceDraft, list[int]]:
    """As it is, as it shall be, and the places of the sources that go."""
    before = DeviceDraft(
        device.id, device.name, device.profile_name, device.room, device.depends_on
    )
    with st.container(horizontal=True):
        name = st.text_input(
            t("add_device.name"), device.name, key=f"{key}-name", max_chars=LONGEST
        )
        room = st.text_input(
            t("add_device.room"), device.room, key=f"{key}-room", max_chars=LONGEST
        )
    above = _above(key, device.depends_on, site, without=device.id)
    places = range(len(device.sources))
    removed = st.multiselect(
        t("add_device.sources_removed"),
        list(places),
        format_func=lambda place: _source_words(device, place),
        key=f"{key}-removed",
    ) if places else []  # fmt: skip
    draft = replace(before, name=" ".join(name.split()), room=room.strip(), depends_on=above)
    return before, draft, removed


def _above(key: str, chosen: tuple[str, ...], site: Site, without: str) -> tuple[str, ...]:
    others = [name for name in site.devices if name != without]
    if not others:
        return ()
    return tuple(
        st.multiselect(
            t("add_device.depends_on"),
            others,
            [name for name in chosen if name in others],
            format_func=lambda name: site.devices[name].name,
            key=f"{key}-above",
            help=t("add_device.depends_on_help"),
        )
    )


def _source_words(device: Device, place: int) -> str:
    """`SNMP 192.0.2.7`."""
    source = device.sources[place]
    places = (getattr(source, key, "") for key in ("host", "topic", "path", "url"))
    return f"{source.title} {next((str(place) for place in places if place), '')}"
