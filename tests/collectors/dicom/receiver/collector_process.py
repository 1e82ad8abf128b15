"""`scanward collect` with a listener, in a process of its own."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.collectors.dicom.receiver.listening import wait_for
from tests.support.ports import free_port, is_free

ROOT = Path(__file__).parents[4]
SITE = """
id: herat
name: Herat
zone: Asia/Kabul
storage: {folder: %(folder)s}
retention: {raw: 36500d, minutes: 36500d}  # the objects are of years ago
dicom: {listen: {port: %(port)d}}
devices:
  - {id: ct-1, name: CT, profile: siemens-somatom-sensation-16, serial: "91919", dicom: {ae_titles: [CT1], station_names: [CT99, CTAWP91919, CTTOSHIBA1, GESURGIFPD, 01234MOB54, PQW_HOL_SELENIA]}}
"""


class CollectorProcess(NamedTuple):
    """The process, where it listens, where it stores, and where it logs at DEBUG."""

    process: "subprocess.Popen[bytes]"
    port: int
    storage: Path
    log: Path


def _allow_core_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[CollectorProcess]:
    """Running, and killed at the end."""
    port, storage, log = free_port(), tmp_path / "storage", tmp_path / "log.txt"
    site = tmp_path / "site.yaml"
    site.write_text(SITE % {"folder": storage, "port": port}, encoding="utf-8")
    words = [sys.executable, "-m", "app", "--verbose", "collect", "--site", str(site)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as file:
        process = subprocess.Popen(
            words,
            cwd=tmp_path,
            env=environment,
            stdout=file,
            stderr=file,
            preexec_fn=_allow_core_files,
        )
    try:
        wait_for(lambda: not is_free(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield CollectorProcess(process, port, storage, log)
    finally:
        process.kill()
        process.wait(20)
