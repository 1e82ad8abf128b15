"""Photos and documents: shown, downloaded, and uploaded."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.vocabulary.files import FileOwner
from dashboard import forms
from dashboard.components.shared.list_row import section
from dashboard.i18n import t
from dashboard.queries import files as file_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from maintenance.work_orders.attachments import LARGEST, attach, check_picture, is_picture
from storage.records import File

KINDS = ["png", "jpg", "jpeg", "webp", "heic", "pdf", "txt", "csv", "log", "zip", "xlsx", "docx"]
LARGEST_MB = LARGEST // 1_000_000

Upload = tuple[str, str, bytes]  # name, media type, content


def attachments(about: FileOwner, about_id: str, files: Sequence[File], *, is_open: bool) -> None:
    """What is kept of one order or ticket; more while it is open, saved when it has come."""
    section(t("files.title"))
    for file in files:
        shown_file(file)
    if not is_open:
        return
    if why := forms.why_not("add a file"):
        st.caption(why)
        return
    name = f"upload-{about}-{about_id}"
    uploaded = st.file_uploader(
        t("files.add", size=LARGEST_MB), KINDS, accept_multiple_files=True,
        max_upload_size=LARGEST_MB, key=forms.once(name),
    )  # fmt: skip
    if uploaded:
        uploads = [(file.name, file.type, file.getvalue()) for file in uploaded]
        forms.do(name, lambda: _attached(about, about_id, uploads))


def shown_file(file: File) -> None:
    """A picture is shown small. The file itself is read when its button is pressed: manuals are large."""
    if is_picture(file.media_type, file.name):
        picture = forms.read(partial(file_queries.small_picture, file))
        if picture is None:
            return
        if picture:
            st.image(picture, width=240)
        else:
            st.caption(t("files.not_shown"))
    size = t("files.size", kb=max(file.size // 1000, 1))
    st.download_button(
        fmt.plain(t("files.get", name=file.name, size=size)), partial(file_queries.content, file), file.name, file.media_type,
        key=f"file-{file.id}", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _attached(about: FileOwner, about_id: str, uploads: Sequence[Upload]) -> str:
    for name, media_type, content in uploads:
        check_picture(stores.site(), name, media_type, content)
    with forms.writing() as tx:
        for name, media_type, content in uploads:
            attach(tx, about, about_id, name, media_type, content)
    return t("files.kept", count=len(uploads))
