"""The fields of each kind of source that a page adds. Each gives what was typed, secrets apart."""

from collections.abc import Callable

import streamlit as st

from core.schema.editing.address import Raw
from core.schema.profile import Profile
from core.schema.sources.logfile import LogMap
from dashboard.i18n import t
from maintenance.site_file.device_draft import NO_TOPIC, TypedSettings

Fields = Callable[[str, Profile, list[str]], TypedSettings]
VERSIONS = ("2c", "1", "3")
AUTHS = ("sha", "md5", "sha224", "sha256", "sha384", "sha512")
PRIVACIES = ("aes", "des", "aes192", "aes256")
PORTS = {"snmp": "161", "dicom": "104", "broker": "1883"}


def _snmp(key: str, _profile: Profile, _choices: list[str]) -> TypedSettings:
    host, port = _address(key, "snmp")
    version = st.selectbox(t("add_device.version"), VERSIONS, key=f"{key}-version")
    settings = {"kind": "snmp", "host": host, "port": port, "version": version}
    if version != "3":
        community = st.text_input(t("add_device.community"), "public", key=f"{key}-community")
        return TypedSettings(settings, {"community": community})
    user = st.text_input(t("add_device.user"), key=f"{key}-user")
    with st.container(horizontal=True):
        auth = st.selectbox(t("add_device.auth"), AUTHS, key=f"{key}-auth")
        auth_password = _password("add_device.auth_password", f"{key}-auth-password")
    with st.container(horizontal=True):
        privacy = st.selectbox(t("add_device.privacy"), PRIVACIES, key=f"{key}-privacy")
        privacy_password = _password("add_device.privacy_password", f"{key}-privacy-password")
    person: Raw = {"name": user, "auth": auth, "privacy": privacy}
    secrets = {"user.auth_password": auth_password, "user.privacy_password": privacy_password}
    return TypedSettings({**settings, "user": person}, secrets)


def _mqtt(key: str, _profile: Profile, choices: list[str]) -> TypedSettings:
    topic = st.selectbox(
        t("add_device.topic"),
        choices,
        None,
        key=f"{key}-topic",
        accept_new_options=True,
        placeholder=t("add_device.topic_hint"),
        help=t("add_device.topic_help"),
    )
    return TypedSettings({"kind": "mqtt", "topic": (topic or "").strip() or NO_TOPIC})


def _logfile(key: str, profile: Profile, _choices: list[str]) -> TypedSettings:
    path = st.text_input(t("add_device.path"), key=f"{key}-path", help=t("add_device.path_help"))
    form = st.selectbox(t("add_device.format"), list(LogMap.of(profile).formats), key=f"{key}-form")
    encoding = st.text_input(t("add_device.encoding"), "utf-8", key=f"{key}-encoding")
    settings = {"kind": "logfile", "path": path.strip(), "format": form}
    return TypedSettings(settings if encoding == "utf-8" else {**settings, "encoding": encoding})


def _dicom(key: str, _profile: Profile, _choices: list[str]) -> TypedSettings:
    host, port = _address(key, "dicom")
    title = st.text_input(t("add_device.ae_title"), key=f"{key}-title", max_chars=16)
    return TypedSettings({"kind": "dicom", "host": host, "port": port, "ae_title": title.strip()})


FIELDS: dict[str, Fields] = {"snmp": _snmp, "mqtt": _mqtt, "logfile": _logfile, "dicom": _dicom}


def broker_fields(key: str) -> TypedSettings:
    """Of the site's broker, while it has none."""
    st.html(f"<p class='sw-hint'>{t('add_device.no_broker')}</p>")
    host, port = _address(key, "broker")
    with st.container(horizontal=True):
        user = st.text_input(t("add_device.broker_user"), key=f"{key}-user")
        password = _password("add_device.broker_password", f"{key}-password")
    ca = st.text_input(t("add_device.broker_ca"), key=f"{key}-ca").strip()
    settings = {"host": host, "port": port, "user": user}
    return TypedSettings({**settings, "tls": {"ca": ca} if ca else None}, {"password": password})


def kinds_of_source(profile: Profile) -> list[str]:
    """How a device of that profile may answer, what the profile reads first; by DICOM any may."""
    read = [kind for kind in FIELDS if kind in profile.maps and not profile.maps[kind].is_empty]
    return [*read, "dicom"]


def _address(key: str, kind: str) -> tuple[str, int | str]:
    with st.container(horizontal=True):
        host = st.text_input(t("add_device.host"), key=f"{key}-host").strip()
        port = st.text_input(t("add_device.port"), PORTS[kind], key=f"{key}-port").strip()
    return host, int(port) if port.isdecimal() and len(port) < 6 else port


def _password(words: str, key: str) -> str:
    return st.text_input(t(words), key=key, type="password", autocomplete="new-password")
