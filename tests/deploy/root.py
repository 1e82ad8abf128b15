"""A file system like this machine's, in which what is changed is changed nowhere else.

For a process with mounts and a network of its own (`unshare`). The project is at /opt/scanward, its
environment at /opt/venv, as in the image.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

CODE = Path(__file__).parents[2]
ROOT_NAME = "root"

# With processes of its own, so that nothing is left behind when the test is given up.
UNSHARE = [
    *("unshare", "--mount", "--net", "--propagation", "private"),
    *("--pid", "--fork", "--kill-child"),
]


def can_unshare() -> bool:
    """Root, and a kernel that lets it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def make_root(folder: Path, hosts: Iterable[str]) -> Path:
    """The new root below `folder`; `hosts` are names of this machine in it, and here."""
    layers, root = folder / "layers", folder / ROOT_NAME
    for path in (layers, root):
        path.mkdir()
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", layers)
    for name in ("upper", "work"):
        (layers / name).mkdir()
    over = f"lowerdir=/,upperdir={layers}/upper,workdir={layers}/work"
    run("mount", "-t", "overlay", "-o", over, "overlay", root)
    for kernels in ("/proc", "/dev"):
        run("mount", "--rbind", kernels, f"{root}{kernels}")
    for source, target in (
        *((CODE, CODE), (Path(sys.base_prefix), Path(sys.base_prefix))),
        *((CODE, Path("/opt/scanward")), (Path(sys.prefix), Path("/opt/venv"))),
    ):
        place = Path(f"{root}{target}")
        place.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", source, place)
        run("mount", "-o", "remount,bind,ro", place)
        for parent in target.parents:  # a Python of root's own lies where nobody else may go
            Path(f"{root}{parent}").chmod(0o755)
    lines = "".join(f"127.0.0.1 {name}\n" for name in ("localhost", *hosts))
    (folder / "hosts").write_text(lines)
    run("mount", "--bind", folder / "hosts", "/etc/hosts")
    (root / "etc" / "hosts").write_text(lines)
    run("ip", "link", "set", "lo", "up")
    return root


def run(*words: str | Path) -> None:
    """Or raise."""
    subprocess.run([str(word) for word in words], check=True)
