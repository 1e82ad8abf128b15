"""What is asked while a device is added: which kinds there are, and what one answers now."""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from collectors.load import probe_source
from collectors.probing import ProbeAnswer
from core.errors import RefusedError
from core.schema.device_kinds import device_kinds
from core.schema.editing.change import Add, Change, Put
from core.schema.profile import Profile
from core.schema.site import Device
from core.schema.sources.base import SourceEntry
from core.schema.sources.logfile import LogSource
from dashboard.queries import identity, stores
from maintenance.site_file.change import preview
from maintenance.site_file.device_draft import DeviceDraft
from storage.files.atomic import own_folder
from storage.files.key_file import write_secret
from storage.records.transaction import refusal

log = logging.getLogger(__name__)

# Of the machine itself: no device writes its log there, and a page is no way to read what lies there.
_OWN_FOLDERS = tuple(map(Path, ("/etc", "/proc", "/root", "/run", "/sys", "/boot")))


class Probe(NamedTuple):
    """What a device that is not there yet answers."""

    device: Device
    answer: ProbeAnswer


@st.cache_data(ttl="60s", show_spinner=False)
def kinds() -> dict[str, Profile]:
    """The profiles to choose from, by name."""
    return device_kinds(stores.site_path())


def probe(draft: DeviceDraft, place: int) -> Probe:
    """What the source at that place of the draft answers now; nothing is kept of it.

    ConfigError with every mistake of the draft; RefusedError for who may not add devices.
    """
    principal = identity.required()
    if "change the site file" not in principal.rights:
        raise refusal("change the site file")
    folder = stores.site().file.storage.folder
    own_folder(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix="probe-") as secrets:
        changes = draft.changes(lambda name, text: _secret_in(Path(secrets), name, text))
        site = preview(stores.site_path(), _as_new(changes, draft)).site
        device = site.devices[draft.id]
        source = device.sources[place]
        if isinstance(source, LogSource):
            _refuse_own_file(source, folder)
        log.info("%s asks %s what it answers", principal.full_name, _place_of(source))
        return Probe(device, asyncio.run(probe_source(site, device, source, stores.now)))


def _as_new(changes: Sequence[Change], draft: DeviceDraft) -> Sequence[Change]:
    """A device that is there stands aside for its draft."""
    if draft.id not in stores.site().devices:
        return changes
    return [
        Put(f"devices[id={draft.id}]", change.value) if isinstance(change, Add) else change
        for change in changes
    ]


def _refuse_own_file(source: LogSource, storage: Path) -> None:
    path = source.path.resolve()
    own = (*_OWN_FOLDERS, storage.resolve(), stores.site_path().resolve())
    if any(path.is_relative_to(folder) for folder in own) or path.parent.resolve() == Path("/"):
        raise RefusedError("{path} is no log of a device", path=source.path)


def _place_of(source: SourceEntry) -> str:
    """`snmp 192.0.2.7:161`, with nothing secret in it."""
    words = [
        str(getattr(source, key))
        for key in ("host", "port", "topic", "path")
        if hasattr(source, key)
    ]
    return f"{source.kind} {':'.join(words)}"


def _secret_in(folder: Path, name: str, text: str) -> str:
    """For as long as is asked; by a file, so that nothing that is typed is ever read as `file:` or `env:`."""
    write_secret(folder / name, text.encode())
    return f"file:{folder / name}"
