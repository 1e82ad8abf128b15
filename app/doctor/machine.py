"""The computer: its disk, its clock, and who may read which file."""

import os
import shlex
import shutil
import stat
import tempfile
from pathlib import Path

from core.errors import ConfigError
from core.finding import Finding, Findings
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.secrets_of import secrets
from core.schema.site import Site
from dashboard.system.clock import UNSYNCHRONISED, clock_state
from storage.files.disk_history import FREE_FAIL, FREE_WARN, GIB

_WRITABLE_BY_OTHERS = stat.S_IWOTH
# Docker shows a secret there to one container alone, and only if it may be read by all.
_DOCKERS = Path("/run/secrets")


def check_disk(site: Site) -> list[Finding]:
    """Room, and whether a file can be written and flushed where the data are."""
    folder = site.file.storage.folder.absolute()
    findings = Findings(f"disk {folder}")
    with findings.failing():
        while not folder.exists():  # the first start makes it, as the user that Scanward runs as
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"doctor")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
        text = f"{free / GIB:.1f} GiB free"
        if free < FREE_FAIL:
            findings.fail(
                f"{text}: collecting stops when it is full; make room or shorten `retention`"
            )
        elif free < FREE_WARN:
            findings.warn(f"{text}: make room soon, or shorten `retention`")
        else:
            findings.ok(f"{text}, can be written")
    return findings


def check_clock() -> list[Finding]:
    """Does a time service keep this machine's clock? Every reading carries its time."""
    findings = Findings("clock")
    state = clock_state()
    if state is None:
        findings.warn("cannot be asked here: look at `timedatectl` on the machine itself")
    elif state == UNSYNCHRONISED:
        findings.warn(
            "no time service keeps it: readings will carry wrong times. Install chrony or run"
            " `timedatectl set-ntp true`; without internet let it follow a server of the house"
        )
    else:
        findings.ok("is kept by a time service")
    return findings


def check_files(site: Site, site_path: Path) -> list[Finding]:
    """Site file and profiles that not everyone may change, secrets that not everyone may read."""
    findings = Findings("files")
    settings = [site_path, *site_path.parent.glob("profiles/*.yaml")]
    settings += SHIPPED_PROFILES.glob("*.yaml")
    settings = sorted({path.resolve() for path in settings})
    for path in settings:
        with findings.failing():
            if path.stat().st_mode & _WRITABLE_BY_OTHERS:
                findings.warn(f"{path} may be changed by everyone here: chmod o-w {path}")
    folder = site.file.storage.folder
    with findings.failing():
        if is_open := [
            path for path in (folder, *folder.glob("*.db")) if path.exists() and _others_may(path)
        ]:
            findings.warn(
                f"everyone here may enter or read {', '.join(map(str, is_open))}:"
                f" chmod o-rwx {' '.join(shlex.quote(str(path)) for path in is_open)}"
            )
    for path in secret_files(site):
        with findings.failing():
            if path.parent != _DOCKERS and path.exists() and _others_may(path):
                findings.warn(f"the secret {path} may be read by everyone here: chmod o-rwx {path}")
    for name, secret in secrets(site.file):
        try:
            if not secret.reveal():
                findings.fail(f"{name}: the secret {secret.where} is empty")
        except ConfigError as error:
            findings.fail(f"{name}: {error.mistakes[0].text} ({secret.where})")
    if os.geteuid() == 0 and folder.exists() and (owner := folder.stat().st_uid) != 0:
        findings.warn(f"you are root, who may all; run this as user {owner}, who owns {folder}")
    if not findings:
        findings.ok(f"{len(settings)} settings files, {len(secrets(site.file))} secrets")
    return findings


def _others_may(path: Path) -> bool:
    """May those who are neither its owner nor of its group do anything with it?"""
    return bool(path.stat().st_mode & stat.S_IRWXO)


def secret_files(site: Site) -> list[Path]:
    """Where the site file says `file:`."""
    named = [secret.where for _, secret in secrets(site.file)]
    return [Path(where.removeprefix("file:")) for where in named if where.startswith("file:")]
