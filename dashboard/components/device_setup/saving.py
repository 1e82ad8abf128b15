"""What was typed of a device, written to the site file: its secrets in files, the rest by the one way."""

from collections.abc import Callable, Collection, Sequence

from core.errors import RefusedError
from core.schema.editing.change import Change
from core.schema.site import Device
from dashboard.components.settings.draft import Draft, saved
from dashboard.forms import Done
from dashboard.i18n import t
from dashboard.queries import stores
from maintenance.site_file.change import preview
from maintenance.site_file.device_draft import NO_TOPIC, DeviceDraft, WriteSecret, removal
from maintenance.site_file.secret_files import secret_file

FLEET = "app_pages/fleet.py"


def added(draft: DeviceDraft, reason: str) -> Done:
    """A new device. ConfigError with every mistake, and then nothing is written."""
    _refuse_no_topic(draft)
    _save(draft.changes, reason)
    return Done(t("add_device.added", name=draft.name), FLEET)


def changed(draft: DeviceDraft, before: DeviceDraft, removed: Collection[int], reason: str) -> Done:
    """A device that is there."""
    _refuse_no_topic(draft)
    _save(lambda write_secret: draft.changes_of(before, removed, write_secret), reason)
    return Done(t("add_device.changed", name=draft.name), FLEET)


def removed_now(device: Device, reason: str) -> Done:
    """Out of the site file; its history stays."""
    _save(lambda _: removal(device.id), reason)
    return Done(t("add_device.removed", name=device.name), FLEET)


def _save(changes: Callable[[WriteSecret], Sequence[Change]], reason: str) -> None:
    secrets: dict[str, str] = {}

    def write_secret(name: str, text: str) -> str:
        path = secret_file(stores.site(), name)
        secrets[path] = text
        return f"file:{path}"

    made = changes(write_secret)
    saved(Draft(made, preview(stores.site_path(), made), secrets), reason)


def _refuse_no_topic(draft: DeviceDraft) -> None:
    if any(source.settings.get("topic") == NO_TOPIC for source in draft.sources):
        raise RefusedError("choose or type the topic")
