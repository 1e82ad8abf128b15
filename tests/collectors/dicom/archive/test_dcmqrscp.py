"""dcmtk's own archive, asked by C-FIND."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.collectors.dicom.archive.house import FIRST, PacsHouse
from tests.collectors.dicom.archive.made_objects import MadeSeries, counts, some_days
from tests.support.dicom_peers import Peer, program

pytestmark = pytest.mark.servers

# In the archive a storage area is a folder with an index; who may ask stands beside it.
CONFIG = """
NetworkTCPPort = {port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
QRSCP {area} RW (500, 1024mb) ANY
AETable END
"""


class Dcmqrscp(Peer):
    """The archive over a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("QRSCP")
        self._program = program("dcmqrscp", "dcmtk")
        self._area = folder / "area"
        self._area.mkdir()
        self._config = folder / "dcmqrscp.cfg"
        self._config.write_text(CONFIG.format(port=self.port, area=self._area))

    def command(self) -> list[str]:
        return [self._program, "-c", str(self._config)]

    def fill(self, made: Sequence[MadeSeries]) -> None:
        """By its own indexing tool, which needs the files in its area."""
        names = []
        for number, image in enumerate(image for own in made for image in own.objects()):
            names.append(f"{number}.dcm")
            (self._area / names[-1]).write_bytes(image)
        index = program("dcmqridx", "dcmtk")
        subprocess.run([index, str(self._area), *names], check=True, cwd=self._area, timeout=100)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Dcmqrscp]:
    server = Dcmqrscp(tmp_path)
    try:
        yield server
    finally:
        server.stop()


def test_counts_are_equal(archive: Dcmqrscp, tmp_path: Path) -> None:
    made = some_days(FIRST.replace(tzinfo=None), 2, 8)
    archive.fill(made)
    archive.start()
    entry = f"via: find, host: 127.0.0.1, port: {archive.port}, ae_title: QRSCP"
    entry += ", modalities: {CT: ct-1, MR: mr-1}"  # it knows no stations and no serials
    house = PacsHouse(tmp_path, entry)
    answer = house.poll()
    assert answer.error is None
    known = {key: value for key, value in counts(made).items() if key[0] in ("ct-1", "mr-1")}
    assert house.counts() == known
