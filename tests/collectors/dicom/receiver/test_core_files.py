"""Where the system writes core files, a process that forbids them leaves none, whatever kills it."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PATTERN = Path("/proc/sys/kernel/core_pattern")
ROOT = Path(__file__).parents[4]
FORBID = "from collectors.dicom.receiver.core_files import forbid_core_files; forbid_core_files(); "
pytestmark = pytest.mark.servers


def left_behind(folder: Path, code: str) -> list[Path]:
    """The core files of a process that allows them at first, runs the code and is killed."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)

    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # ignored where tests run in the background

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=prepare,
        check=False,
    )
    assert ended.returncode < 0
    return [path for path in folder.iterdir() if "core" in path.name]


@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV", "SIGQUIT"])
def test_a_process_that_forbids_core_files_leaves_none(tmp_path: Path, name: str) -> None:
    kill = f"import os; os.kill(os.getpid(), {signal.Signals[name].value})"
    if not left_behind(tmp_path, kill):
        text = PATTERN.read_text().strip() if PATTERN.exists() else "none"
        pytest.skip(f"this machine writes no core files into the folder (core_pattern {text})")
    for path in tmp_path.iterdir():
        path.unlink()
    assert left_behind(tmp_path, FORBID + kill) == []


def test_nor_if_it_raises_its_limit_again(tmp_path: Path) -> None:
    """The limit may be raised by whoever may; what the kernel was told of the memory stays."""
    raised = "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)); os.abort()"
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard != resource.RLIM_INFINITY:
        pytest.skip("core files are limited on this machine")
    assert left_behind(tmp_path, FORBID + raised) == []
