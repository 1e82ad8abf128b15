"""Real DICOM peers on free loopback ports: Orthanc with its DICOMweb plugin, dcmtk's storescp, and a node of
pynetdicom in this process for what neither of them would do."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Self

import pytest

from tests.support.ports import free_port

if TYPE_CHECKING:
    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.events import EventHandlerType

_PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
_DICOM_WEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
_START_S = 60.0  # others work beside the tests

Setting = str | int | bool | Sequence[str] | Mapping[str, object]


def program(name: str, package: str) -> str:
    """The path of a program, or the test is skipped."""
    path = shutil.which(name, path=_PATH)
    if path is None:
        pytest.skip(f"needs server: {package} is not installed")
    return path


class Peer:
    """A process that listens on `port`; it can be killed and started again at the same port."""

    def __init__(self, ae_title: str) -> None:
        self.ae_title = ae_title
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    def start(self) -> Self:
        """Start, and wait until it is ready."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self.command(), stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + _START_S
        while not self.is_ready():
            assert self._process.poll() is None, f"{self.command()[0]} ended"
            assert time.monotonic() < deadline, f"{self.command()[0]} did not start"
            time.sleep(0.02)
        return self

    def is_ready(self) -> bool:
        """Does it accept connections?"""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """Gone between two instructions."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            finally:
                self.kill()


class Orthanc(Peer):
    """A PACS without passwords; what it holds stays in its folder.

    `settings` are Orthanc's own, over these: `DicomCheckCalledAet`, `DicomAlwaysAllowFind`, `DicomTlsEnabled` ...
    Who may ask without being one of `DicomModalities` ({name: [AE title, host, port]}) is among them.
    """

    def __init__(
        self, folder: Path, *, ae_title: str = "ORTHANC", settings: Mapping[str, Setting] = {}
    ) -> None:
        super().__init__(ae_title)
        self._program = program("Orthanc", "orthanc")
        if not _DICOM_WEB.exists():
            pytest.skip("needs server: orthanc-dicomweb is not installed")
        self._folder = folder
        self.http_port = free_port()
        self.settings: dict[str, Setting] = {
            "Name": "Test",
            "StorageDirectory": str(folder / "orthanc"),
            "IndexDirectory": str(folder / "orthanc"),
            "Plugins": [str(_DICOM_WEB)],
            "HttpPort": self.http_port,
            "AuthenticationEnabled": False,
            "DicomAet": ae_title,
            "DicomPort": self.port,
            "DicomAlwaysAllowFind": True,
            "Locale": "C",
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableMetadataCache": False},
            **settings,
        }

    @property
    def url(self) -> str:
        """Of its REST interface, without a slash at the end."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def dicom_web(self) -> str:
        """Where QIDO-RS and WADO-RS answer, without a slash at the end."""
        return f"{self.url}/dicom-web"

    def command(self) -> list[str]:
        """Its settings are written anew, so that they may be changed between two starts."""
        file = self._folder / "orthanc.json"
        file.write_text(json.dumps(self.settings), encoding="utf-8")
        return [self._program, str(file)]

    def is_ready(self) -> bool:
        """Both of its doors are open."""
        try:
            self.get("/system")
        except OSError:
            return False
        return super().is_ready()

    def get(self, path: str) -> bytes:
        """What it answers at `/studies`."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            body: bytes = answer.read()
        return body

    def upload(self, dicom_file: bytes) -> str:
        """Give it an object; its id among Orthanc's instances."""
        request = urllib.request.Request(f"{self.url}/instances", data=dicom_file, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(json.loads(answer.read())["ID"])

    def delete(self, path: str) -> None:
        """Take away `/studies/<id>`."""
        request = urllib.request.Request(f"{self.url}{path}", method="DELETE")
        with urllib.request.urlopen(request, timeout=30):
            pass


class Storescp(Peer):
    """dcmtk's storescp: answers C-ECHO, writes what it is sent into `received`. `words` are more options."""

    def __init__(self, folder: Path, *words: str, ae_title: str = "STORESCP") -> None:
        super().__init__(ae_title)
        self._program = program("storescp", "dcmtk")
        self._words = words
        self.received = folder / "received"
        self.received.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """It serves one association at a time, as many scanners do, unless `--fork` is among its words."""
        words = [*self._words, "-aet", self.ae_title, "-od", str(self.received)]
        return [self._program, *words, str(self.port)]


@contextmanager
def orthanc_server(
    folder: Path, *, ae_title: str = "ORTHANC", settings: Mapping[str, Setting] = {}
) -> Iterator[Orthanc]:
    """Orthanc with settings of the test's own."""
    server = Orthanc(folder, ae_title=ae_title, settings=settings)
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def storescp_server(folder: Path, *words: str, ae_title: str = "STORESCP") -> Iterator[Storescp]:
    """storescp with options of the test's own."""
    server = Storescp(folder, *words, ae_title=ae_title)
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def own_node(
    handlers: "Sequence[EventHandlerType]" = (),
    *,
    ae_title: str = "NODE",
    change: "Callable[[ApplicationEntity], None] | None" = None,
    tls: SSLContext | None = None,
    port: int | None = None,
) -> Iterator[int]:
    """A node of pynetdicom in this process that speaks Verification; its port.

    `handlers` are `(evt.EVT_C_FIND, function)` ...; `change` adds contexts or limits to its entity.
    """
    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

    entity = ApplicationEntity(ae_title)
    entity.add_supported_context(Verification)
    if change is not None:
        change(entity)
    address = ("127.0.0.1", port or free_port())
    server = entity.start_server(address, block=False, evt_handlers=list(handlers), ssl_context=tls)
    assert server is not None
    try:
        yield address[1]
    finally:
        entity.shutdown()


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[Orthanc]:
    """An empty Orthanc that lets everybody ask."""
    with orthanc_server(tmp_path) as server:
        yield server


@pytest.fixture
def storescp(tmp_path: Path) -> Iterator[Storescp]:
    """dcmtk's storescp, which takes everything from everybody."""
    with storescp_server(tmp_path, "--promiscuous") as server:
        yield server
