"""The small PACS of the demo on the wire: C-ECHO, C-STORE, C-FIND by study and series."""

from collections.abc import Callable, Iterator

from pydicom.dataset import Dataset
from pydicom.uid import EnhancedSRStorage, ExplicitVRLittleEndian, XRayRadiationDoseSRStorage
from pynetdicom import evt
from pynetdicom.events import Event
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelFind,
)

from simulator.servers.dicom.archive import ArchiveIndex
from simulator.servers.dicom.node import SUCCESS, Node, NodeAddress
from simulator.wire.dicom.image import IMAGE_CLASSES

PENDING, CANCELLED = 0xFF00, 0xFE00
STORED_CLASSES = (*dict.fromkeys(IMAGE_CLASSES), XRayRadiationDoseSRStorage, EnhancedSRStorage)


def start_pacs(peer: NodeAddress, index: ArchiveIndex, is_on: Callable[[], bool]) -> Node:
    """Listen; what is stored is noted in `index`."""

    def store(event: Event) -> int:
        index.add(event.dataset)
        return SUCCESS

    def find(event: Event) -> Iterator[tuple[int, Dataset | None]]:
        for answer in index.find(event.identifier):
            if event.is_cancelled:
                yield CANCELLED, None
                return
            yield PENDING, answer

    contexts = [build_context(uid, ExplicitVRLittleEndian) for uid in STORED_CLASSES]
    contexts.append(build_context(StudyRootQueryRetrieveInformationModelFind))
    return Node(peer, is_on, contexts, [(evt.EVT_C_STORE, store), (evt.EVT_C_FIND, find)])
