"""A node that listens: answers C-ECHO, and whatever else it is given handlers for."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pynetdicom import evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

SUCCESS = 0x0000
VERIFICATION = build_context(Verification)


class NodeAddress(NamedTuple):
    """Where a node listens, and what it is called."""

    host: str
    port: int
    ae_title: str


def quieten() -> None:
    """pynetdicom tells of every message."""
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)


class Node:
    """One application entity with its server. While `is_on` is false it hangs up on whoever calls."""

    def __init__(
        self,
        peer: NodeAddress,
        is_on: Callable[[], bool],
        contexts: Sequence[PresentationContext] = (),
        handlers: Sequence[EventHandlerType] = (),
    ) -> None:
        self._entity = ApplicationEntity(peer.ae_title)
        self._entity.supported_contexts = [VERIFICATION, *contexts]
        self._entity.require_called_aet = True
        self._entity.network_timeout = 30

        def hang_up(event: Event) -> None:
            if not is_on():
                event.assoc.abort()

        every = [(evt.EVT_C_ECHO, _echo), (evt.EVT_REQUESTED, hang_up), *handlers]
        self._entity.start_server((peer.host, peer.port), block=False, evt_handlers=every)

    def close(self) -> None:
        """Stop listening, and end what goes on."""
        self._entity.shutdown()


def _echo(event: Event) -> int:
    return SUCCESS
