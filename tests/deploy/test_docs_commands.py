"""Every command of README.md and docs/install.md: run as a reader would, or read word by word.

A block ```sh is run in a copy of the project, ```sh systemd as root in a root of its own with systemd's own
tools (but for those that ask a systemd that runs: their words are read), ```sh engine needs docker: its words are read here, and
what runs inside a service is played by test_compose_run.py.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import cli
from tests.deploy.root import CODE, UNSHARE, can_unshare
from tests.deploy.test_compose import SERVICES

DOCS = [CODE / "README.md", CODE / "docs" / "install.md"]
FENCE = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILLED_IN = """
cat > /etc/scanward/environment <<'END'
SCANWARD_MQTT_PASSWORD=x
END
sed -i 's/^# storage/storage/' /etc/scanward/site.yaml
"""


def blocks(kind: str) -> list[list[str]]:
    """The commands of every block of a kind, in the order of the docs."""
    found = [match for path in DOCS for match in FENCE.findall(path.read_text(encoding="utf-8"))]
    return [text.splitlines() for name, text in found if name == kind]


def test_there_are_commands_of_each_kind_and_no_other() -> None:
    kinds = {name for path in DOCS for name, _ in FENCE.findall(path.read_text(encoding="utf-8"))}
    assert kinds == {"", "systemd", "engine"}
    plain = [
        text
        for path in DOCS
        for text in re.findall(r"^```\n(.*?)^```$", path.read_text(), re.M | re.S)
    ]
    assert not [text for text in plain if re.match(r"(make|scanward|docker|sudo) ", text)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What `git clone` gives, with the environment that `make install` would make."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CODE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (CODE / name).exists() and not name.startswith(("tests/", "benchmarks/")):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CODE / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(CODE / ".venv")
    return tmp_path


@pytest.mark.servers
@pytest.mark.parametrize("lines", blocks(""), ids=lambda lines: lines[0])
def test_what_a_user_types_on_a_desk_works(lines: list[str], copy: Path) -> None:
    if lines == ["make demo"]:  # tests/app/demo/test_run.py runs it; here, that make would run that
        ended = bash("make --dry-run demo", copy)
        assert re.search(r"/python -m app demo --port 8501 *\n", ended.stdout)
        return
    if not can_unshare():
        pytest.skip("needs server: root, and mounts of its own")
    for number, line in enumerate(lines):
        if line.startswith("make run"):
            lines[number] = f"serves {line}"  # it runs until ctrl-c
        elif " doctor " in line:  # the devices of an example answer nowhere, and it says so
            lines[number] = (
                f"{line} > doctor.txt || [ $? = 1 ]; grep -q 'failed   ups-1' doctor.txt"
            )
    here = f"cd {copy}; PATH=$PATH:{copy}/.venv/bin"
    ended = in_root(copy.parent / f"{copy.name}-root", "\n".join([here, *lines]))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    if any(line.startswith("serves") for line in lines):  # without a site file it asks for one
        is_first = "answer five questions" in ended.stderr
        assert f"answers {404 if is_first else 200}" in ended.stdout


@pytest.mark.servers
def test_what_root_types_for_services_works(tmp_path: Path) -> None:
    if not can_unshare() or shutil.which("systemd-sysusers") is None:
        pytest.skip("needs server: root, mounts of its own, and systemd")
    install, *others = blocks("systemd")
    # Without a systemd that runs, its tools write links; what would ask it is read below.
    asking = ("systemctl status", "systemctl restart", "journalctl")
    rest = [line for lines in others for line in lines]
    done = [line.replace("--now ", "") for line in rest if not line.startswith(asking)]
    script = ["export SYSTEMD_OFFLINE=1", "mkdir -p /mnt/usb", *install, FILLED_IN, *done]
    script += ["echo THEN", "ls /etc/systemd/system /etc/systemd/system/multi-user.target.wants"]
    script += ["stat -c '%U %a' /var/lib/scanward", "ls /mnt/usb/before"]
    ended = in_root(tmp_path, "\n".join(script))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    then = ended.stdout.partition("THEN\n")[2]
    assert {f"scanward-{name}.service" for name in ("collect", "alert", "dashboard")} < set(
        then.split()
    )
    assert then.count("scanward.target") == 2, "enabled"
    assert "scanward 750\n" in then
    assert re.search(r"^scanward-my-centre-\w+$", then, re.MULTILINE)
    named = re.findall(
        r"scanward[-.][a-z]+", "\n".join(line for line in rest if line.startswith(asking))
    )
    assert named
    assert {name if "." in name else f"{name}.service" for name in named} < set(then.split())


@pytest.mark.parametrize("line", [line for block in blocks("engine") for line in block])
def test_what_needs_docker_names_only_what_is_there(line: str, project: Path) -> None:
    words = shlex.split(line)
    if words[0] == "sudo":
        assert (project / words[1]).stat().st_mode & 0o111
        return
    assert words[:2] == ["docker", "compose"]
    verb, *rest = words[2:]
    assert verb in {"build", "up", "ps", "exec", "logs", "run"}
    if verb == "exec":
        service, program, *command = rest
        assert service in SERVICES
        assert program == "scanward"
        group: Any = typer.main.get_command(cli)
        group.commands[command[0]].make_context(command[0], command[1:])
    elif verb in ("logs", "run"):
        assert rest[-1] in SERVICES


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-ec", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def in_root(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A script in a root of its own; nothing of it is left."""
    folder.mkdir(exist_ok=True)
    command = [*UNSHARE, sys.executable, "-m", "tests.deploy.new_user", str(folder), script]
    return subprocess.run(
        command, cwd=CODE, capture_output=True, text=True, timeout=100, check=False
    )
