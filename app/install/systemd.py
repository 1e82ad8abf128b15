"""Scanward as services of systemd: a unit for each process, and one target for them all.

A unit each, not one for `scanward run`, because systemd is the better supervisor: the dashboard can be
restarted while collecting goes on, each has its own log, limits and walls, and only what a process needs
is open to it. User and folder are declared (sysusers.d, tmpfiles.d), so nothing is run as root here.
"""

import stat
import sys
from pathlib import Path

from app.services.processes import processes
from core.errors import ConfigError, Mistake
from core.schema.site import Site
from storage.files.atomic import translated

UNITS = Path("etc/systemd/system")
OWN_FOLDER = Path("/etc/scanward")
ENVIRONMENT = "/etc/scanward/environment"

_DESCRIPTIONS = {
    "collect": "takes readings and events from every source",
    "alert": "judges what was collected, and tells people",
    "maintain": "plans work, and counts downtime",
    "dashboard": "shows it in a browser",
    "mail": "sends what was written in tickets, and takes in the replies",
    "forward": "copies readings and events to InfluxDB",
    "backup": "copies everything to another disk",
}

_UNIT = """\
# Made by `scanward service install`, which writes it anew. Changes of your own: systemctl edit {name}
[Unit]
Description=Scanward {command}: {says}
PartOf=scanward.target
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
Type=exec
User={user}
Group={user}
WorkingDirectory={here}
# Passwords that the site file names as env:NAME, a line each: NAME=value. Owner root, mode 600.
EnvironmentFile=-{environment}
ExecStart={python} -m app {words}
Restart=always
RestartSec=5s
TimeoutStopSec=15s
UMask=0027
MemoryMax={memory}
TasksMax=256

# Walls: it may read the computer, write its own folders, speak to the network, and nothing else.
ProtectSystem=strict
ReadWritePaths={writes}
ProtectHome={home}
PrivateTmp=yes
{devices}
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""

_NO_DEVICES = """\
PrivateDevices=yes
DevicePolicy=closed"""
# By class, because a modem that is plugged in later, or again, is another node.
_SERIAL_PORTS = """\
PrivateDevices=no
DevicePolicy=closed
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
DeviceAllow=char-ttyS rw
SupplementaryGroups=dialout"""

_TARGET = """\
# Made by `scanward service install`, which writes it anew.
[Unit]
Description=Scanward at {site}
Wants={units}

[Install]
WantedBy=multi-user.target
"""


def install(site: Site, site_path: Path, root: Path, user: str) -> list[Path]:
    """Write the units below `root`; the files that were written, and units of before that are gone.

    ConfigError if a path in the site file is relative: a service has no folder it was started in.
    StoreError if they cannot be written.
    """
    site_path = site_path.resolve()
    data = _absolute(site.file.storage.folder, "storage.folder", site_path)
    writes = [data]
    if site.file.backup:
        writes.append(_absolute(site.file.backup.folder, "backup.folder", site_path))
    commands = processes(site, site_path)
    files = {
        Path("etc/sysusers.d/scanward.conf"): f'u {user} - "Scanward" {data} -\n',
        Path("etc/tmpfiles.d/scanward.conf"): _folders(data, site_path, user),
        UNITS / "scanward.target": _TARGET.format(
            site=site.file.name.replace("%", "%%"),
            units=" ".join(f"scanward-{command[0]}.service" for command in commands),
        ),
    }
    for command in commands:
        has_modem = command[0] == "alert" and any(c.has_modem for c in site.file.channels)
        devices = _SERIAL_PORTS if has_modem else _NO_DEVICES
        # Only its pages change the site file.
        more = [site_path.parent] if command[0] == "dashboard" else []
        unit = _unit(command, site_path, user, [*writes, *more], devices)
        files[UNITS / f"scanward-{command[0]}.service"] = unit
    with translated("the units cannot be written; are you root?"):
        for old in (root / UNITS).glob("scanward-*.service"):
            old.unlink()  # the site file may no longer have an InfluxDB
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    return [root / name for name in files]


def _folders(data: Path, site_path: Path, user: str) -> str:
    """Whose the folders are. The pages may replace the site file in /etc/scanward and nothing else there.

    The sticky bit keeps the passwords beside it root's own. A site file elsewhere is as its folder says.
    """
    lines = [f"d {data} 0750 {user} {user} -"]
    if site_path.parent == OWN_FOLDER:
        lines += [f"d {OWN_FOLDER} 1775 root {user} -", f"z {site_path} 0640 {user} {user} -"]
    return "".join(f"{line}\n" for line in lines)


def hindrances(user: str) -> list[str]:
    """What of this installation another user cannot reach, in words."""
    python = Path(sys.executable)
    folders = [*Path.cwd().parents, Path.cwd(), *python.parents, *python.resolve().parents]
    closed = [path for path in dict.fromkeys(folders) if not path.stat().st_mode & stat.S_IXOTH]
    return [
        f"{path} may be entered by its owner only, and {user} must go through it: install Scanward in"
        " /opt/scanward with the system's Python (make PYTHON=/usr/bin/python3)"
        for path in closed
    ]


def _unit(command: list[str], site_path: Path, user: str, writes: list[Path], devices: str) -> str:
    here, python = Path.cwd(), Path(sys.executable)
    homes = (Path("/home"), Path("/root"))
    at_home = any(path.is_relative_to(home) for path in (here, python, site_path) for home in homes)
    return _UNIT.format(
        name=f"scanward-{command[0]}",
        command=command[0],
        says=_DESCRIPTIONS[command[0]],
        user=user,
        here=str(here).replace("%", "%%"),  # no quotes: it is taken to the end of the line
        environment=ENVIRONMENT,
        python=_quoted(python),
        words=" ".join(map(_quoted, command)),
        # A `-`: the disk of the backups may be unplugged when the computer starts.
        writes=" ".join(_quoted(f"-{path}") for path in writes),
        devices=devices,
        home="read-only" if at_home else "yes",
        memory="2G" if command[0] == "dashboard" else "1G",
    )


def _absolute(path: Path, key: str, site_path: Path) -> Path:
    if not path.is_absolute():
        text = f"a service needs a full path, such as /var/lib/scanward, not {path}"
        raise ConfigError([Mistake(str(site_path), key, text)])
    return path


def _quoted(word: str | Path) -> str:
    """As a unit file wants it: `%` and blanks mean something there."""
    text = str(word).replace("\\", "\\\\").replace("%", "%%")
    return f'"{text}"' if " " in text else text
