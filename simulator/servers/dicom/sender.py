"""Sends what the modalities have made to one peer, one study after another, until it has been taken."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityPerformedProcedureStep,
)

from simulator.servers.dicom.node import SUCCESS, NodeAddress
from simulator.servers.dicom.pacs import STORED_CLASSES

log = logging.getLogger(__name__)

RETRY_S = 5.0
STOPPED_WITHIN_S = (
    2.0  # a peer that does not answer holds the thread, which then ends with the process
)
MOST_WAITING = 2000  # shipments; a scanner's queue is not endless
CONTEXTS = [
    build_context(uid, ExplicitVRLittleEndian)
    for uid in (*STORED_CLASSES, ModalityPerformedProcedureStep)
]


class StepMessage(NamedTuple):
    """What an N-CREATE or an N-SET carries."""

    uid: str
    attributes: Dataset
    is_new: bool


class Shipment(NamedTuple):
    """What one scanner sends in one association."""

    ae_title: str  # of who sends
    objects: Callable[
        [], Iterable[Dataset | StepMessage]
    ]  # made when they are sent, each time anew


class SendQueue:
    """A thread with a queue for one peer. A peer that does not answer is called again."""

    def __init__(self, peer: NodeAddress) -> None:
        self._peer = peer
        self._waiting: queue.Queue[Shipment | None] = queue.Queue(MOST_WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, shipment: Shipment) -> None:
        """Put it into the queue; dropped if that is full."""
        try:
            self._waiting.put_nowait(shipment)
        except queue.Full:
            log.warning(
                "a simulated scanner drops a study: %s does not answer", self._peer.ae_title
            )

    @property
    def is_idle(self) -> bool:
        """Has everything been taken?"""
        return self._waiting.unfinished_tasks == 0

    def close(self) -> None:
        """End the thread; what waits is dropped."""
        self._stop.set()
        while True:
            try:
                self._waiting.put_nowait(None)
                break
            except queue.Full:
                self._waiting.get_nowait()
        self._thread.join(STOPPED_WITHIN_S)

    def _run(self) -> None:
        while (shipment := self._waiting.get()) is not None:
            while not self._stop.is_set() and not self._sent(shipment):
                self._stop.wait(RETRY_S)
            if self._stop.is_set():
                return
            self._waiting.task_done()

    def _sent(self, shipment: Shipment) -> bool:
        entity = ApplicationEntity(shipment.ae_title)
        entity.connection_timeout = entity.network_timeout = 10
        association = entity.associate(
            self._peer.host, self._peer.port, contexts=CONTEXTS, ae_title=self._peer.ae_title
        )
        if not association.is_established:
            return False
        try:
            return all(_delivered(association, message) for message in shipment.objects())
        except (RuntimeError, ValueError) as error:  # it hung up; or does not take such objects
            log.info("%s: %r", self._peer.ae_title, str(error)[:200])
            return not association.is_aborted
        finally:
            association.release()


def _delivered(association: Association, message: Dataset | StepMessage) -> bool:
    """Has the peer answered, with whatever word? Only out of resources (A7xx) is tried again."""
    if isinstance(message, StepMessage):
        send = association.send_n_create if message.is_new else association.send_n_set
        status, _ = send(message.attributes, ModalityPerformedProcedureStep, message.uid)
    else:
        status = association.send_c_store(message)
    code = int(status.get("Status", -1))
    if code not in (-1, SUCCESS):
        log.info("%s answers %04x", association.acceptor.ae_title, code)
    return code != -1 and code >> 8 != 0xA7
