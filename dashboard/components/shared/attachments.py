"""Photos and documents: seen, fetched, and brought."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.vocabulary.files import FileOwner
from dashboard import forms
from dashboard.components.shared.list_row import section
from dashboard.i18n import t
from dashboard.work import files
from storage.records import File

SHOWN = ("image/png", "image/jpeg", "image/webp")
KINDS = ["png", "jpg", "jpeg", "webp", "heic", "pdf", "txt", "csv", "log", "zip", "xlsx", "docx"]


def attachments(about: FileOwner, about_id: str, found: Sequence[File], *, is_open: bool) -> None:
    """What is kept of one order or ticket; more while it is open."""
    section(t("files.title"))
    for file in found:
        _file(file)
    if not is_open:
        return
    name = f"upload-{about}-{about_id}"
    with st.form(forms.once(name), border=False):
        brought = st.file_uploader(
            t("files.add", size=files.LARGEST_MB), KINDS, accept_multiple_files=True,
            max_upload_size=files.LARGEST_MB,
        )  # fmt: skip
        if st.form_submit_button(t("files.keep")) and brought:
            told = [(one.name, one.type, one.getvalue()) for one in brought]
            forms.do(name, lambda: _keep(about, about_id, told))


def _file(file: File) -> None:
    """A picture is shown; anything else is read when it is asked for: manuals are large."""
    data: bytes | Callable[[], bytes] = partial(files.content, file)
    if file.media_type in SHOWN:
        found = forms.read(partial(files.content, file))
        if found is None:
            return
        st.image(found, width=240)
        data = found
    size = t("files.size", kb=max(file.size // 1000, 1))
    st.download_button(
        t("files.get", name=file.name, size=size), data, file.name, file.media_type,
        key=f"file-{file.id}", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _keep(about: FileOwner, about_id: str, brought: Sequence[tuple[str, str, bytes]]) -> str:
    for name, media_type, data in brought:
        files.attach(about, str(about_id), name, media_type, data)
    return t("files.kept", count=len(brought))
