"""Modalities on the wire: they answer C-ECHO while they are on, and send again what was not taken."""

import time
from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.events import Event
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from simulator.servers.dicom.node import Node, NodeAddress
from simulator.servers.dicom.sender import SendQueue, Shipment
from simulator.wire.dicom.image import SOP_CLASSES
from tests.support.dicom_peers import own_node
from tests.support.ports import free_port

pytestmark = pytest.mark.servers


def answers(port: int, called: str = "CT1") -> bool:
    entity = ApplicationEntity("ASKS")
    association = entity.associate(
        "127.0.0.1", port, [build_context(Verification)], ae_title=called
    )
    if not association.is_established:
        return False
    status = association.send_c_echo()
    association.release()
    return bool(status) and status.Status == 0


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_modality_answers_while_it_is_on_and_by_its_own_title() -> None:
    is_on = [True]
    port = free_port()
    node = Node(NodeAddress("127.0.0.1", port, "CT1"), lambda: is_on[0])
    try:
        assert answers(port)
        assert not answers(port, called="CT2")
        is_on[0] = False
        assert not answers(port)
        is_on[0] = True
        assert answers(port)
    finally:
        node.close()


def test_what_a_full_disk_refuses_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.servers.dicom.sender.RETRY_S", 0.05)
    stored: list[str] = []
    statuses = iter([0xA700, 0xA700])

    def store(event: Event) -> int:
        status = next(statuses, 0x0000)
        if status == 0:
            stored.append(str(event.dataset.SOPInstanceUID))
        return status

    def take_images(entity: ApplicationEntity) -> None:
        entity.add_supported_context(SOP_CLASSES["us"])

    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = SOP_CLASSES["us"], "1.2.3"
    image.file_meta = _meta()
    with own_node([(evt.EVT_C_STORE, store)], ae_title="PACS", change=take_images) as port:
        sender = SendQueue(NodeAddress("127.0.0.1", port, "PACS"))
        sender.send(Shipment("US1", lambda: [image]))
        until(lambda: sender.is_idle)
        sender.close()
    assert stored == ["1.2.3"]


def _meta() -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta
