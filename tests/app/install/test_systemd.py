"""The units of systemd: systemd's own tools read them, and its own figure is what the docs state."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.install.systemd import UNITS, _folders, hindrances, install
from core.errors import ConfigError, StoreError
from core.schema.load import load_site

ROOT = Path(__file__).parents[3]
BINARIES = "/usr/bin:/usr/sbin:/bin:/sbin"

SITE = """
id: small
name: "Small: 100 %"
zone: Asia/Kabul
storage: {{folder: "{data}"{influx}}}
backup: {{folder: "/mnt/other disk"}}
devices: [{{id: dxa-1, name: DXA, profile: hologic-dxa}}]
"""
INFLUX = ", influxdb: {url: 'http://influx.example', bucket: b}"


def tool(name: str) -> str:
    path = shutil.which(name, path=BINARIES)
    if path is None:
        pytest.skip(f"needs server: {name} is not installed")
    return path


def site_file(folder: Path, *, data: str = "/var/lib/scanward", influx: str = INFLUX) -> Path:
    path = folder / "my site.yaml"
    path.write_text(SITE.format(data=data, influx=influx))
    return path


def units(folder: Path, site: Path) -> dict[str, Path]:
    """The units' files by their names."""
    install(load_site(site), site, folder, "scanward")
    return {path.stem: path for path in (folder / UNITS).iterdir()}


@pytest.mark.servers
def test_systemd_finds_nothing_wrong_in_the_units(tmp_path: Path) -> None:
    made = units(tmp_path / "root", site_file(tmp_path))
    assert len(made) == 7
    command = [tool("systemd-analyze"), "verify", *map(str, made.values())]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.servers
def test_their_exposure_is_what_the_docs_say(tmp_path: Path) -> None:
    made = units(tmp_path, site_file(tmp_path))
    said = re.search(r"exposure level is (\d\.\d)", (ROOT / "docs" / "install.md").read_text())
    assert said
    for name in ("scanward-collect", "scanward-dashboard", "scanward-backup"):
        command = [tool("systemd-analyze"), "security", "--offline=true", "--no-pager"]
        ended = subprocess.run(
            [*command, str(made[name])], capture_output=True, text=True, timeout=60
        )
        assert f"Overall exposure level for {name}.service: {said[1]} OK" in ended.stdout


@pytest.mark.servers
def test_user_and_folder_are_declared(tmp_path: Path) -> None:
    units(tmp_path / "root", site_file(tmp_path))
    root = f"--root={tmp_path / 'root'}"
    subprocess.run([tool("systemd-sysusers"), root], check=True, capture_output=True, timeout=60)
    users = (tmp_path / "root" / "etc" / "passwd").read_text()
    assert re.search(r"^scanward:.*:/var/lib/scanward:/usr/sbin/nologin$", users, re.MULTILINE)
    line = (tmp_path / "root/etc/tmpfiles.d/scanward.conf").read_text()
    assert line == "d /var/lib/scanward 0750 scanward scanward -\n"


def test_only_the_pages_may_change_the_site_file_and_nothing_beside_it(tmp_path: Path) -> None:
    site = site_file(tmp_path)
    made = units(tmp_path / "root", site)
    [pages, alerts] = [
        re.findall("ReadWritePaths=.*", made[name].read_text())[0]
        for name in ("scanward-dashboard", "scanward-alert")
    ]
    assert str(site.parent) in pages.replace("%%", "%")
    assert str(site.parent) not in alerts.replace("%%", "%")
    lines = _folders(Path("/var/lib/scanward"), Path("/etc/scanward/site.yaml"), "scanward")
    assert lines.splitlines()[1:] == [
        "d /etc/scanward 1775 root scanward -",  # sticky: the passwords there stay root's
        "z /etc/scanward/site.yaml 0640 scanward scanward -",
    ]


def test_paths_with_blanks_and_percents_are_one_word(tmp_path: Path) -> None:
    site = site_file(tmp_path)
    made = units(tmp_path / "root", site)
    unit = made["scanward-backup"].read_text()
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    assert f'ExecStart={python} -m app backup --scheduled --site "{site}"\n' in unit
    assert 'ReadWritePaths=-/var/lib/scanward "-/mnt/other disk"\n' in unit
    assert "Description=Scanward at Small: 100 %%\n" in made["scanward"].read_text()


def test_a_process_that_the_site_no_longer_needs_loses_its_unit(tmp_path: Path) -> None:
    assert "scanward-forward" in units(tmp_path / "root", site_file(tmp_path))
    made = units(tmp_path / "root", site_file(tmp_path, influx=""))
    assert "scanward-forward" not in made
    assert "forward" not in made["scanward"].read_text()


@pytest.mark.servers
def test_only_who_sends_messages_by_a_modem_may_open_serial_ports(tmp_path: Path) -> None:
    site = site_file(tmp_path)
    site.write_text(
        f"{site.read_text()}channels: [{{kind: gsm, id: sms, modem: /dev/ttyUSB0, number: '123'}}]\n"
        "routes: []\n"
    )
    made = units(tmp_path / "root", site)
    assert "DeviceAllow=char-ttyUSB rw\n" in made["scanward-alert"].read_text()
    assert "PrivateDevices=yes\n" in made["scanward-maintain"].read_text()
    assert "ttyUSB" not in made["scanward-maintain"].read_text()
    command = [tool("systemd-analyze"), "verify", str(made["scanward-alert"])]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_relative_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"storage\.folder: a service needs a full path"):
        units(tmp_path / "root", site_file(tmp_path, data="var"))
    assert not (tmp_path / "root").exists()


def test_who_may_not_write_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("not a folder")
    with pytest.raises(StoreError, match="are you root"):
        units(tmp_path, site_file(tmp_path))


def test_a_python_where_only_root_may_go_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    for path in (*tmp_path.parents, tmp_path):
        if path.stat().st_mode & 0o001 == 0:
            path.chmod(0o755)  # pytest's own folders are closed too
    monkeypatch.chdir(tmp_path)
    (closed / "bin" / "python").write_text("")
    monkeypatch.setattr(sys, "executable", str(closed / "bin" / "python"))
    assert hindrances("scanward") == []
    closed.chmod(0o700)
    assert [text.split(" ")[0] for text in hindrances("scanward")] == [str(closed)]


@pytest.mark.servers
def test_logrotate_reads_its_file() -> None:
    command = [tool("logrotate"), "--debug", str(ROOT / "deploy" / "logrotate" / "scanward")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, "error" in ended.stderr) == (0, False), ended.stderr
