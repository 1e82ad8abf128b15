"""The one place where associations are opened; whatever goes wrong is a SourceError in words (failures.py).

All of it blocks, so it belongs in a thread: `in_thread` starts one, and cuts the line when nobody waits any more.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.presentation import build_context

from collectors.dicom.common.failures import DeclinedError, failed, not_started
from collectors.dicom.common.library_logs import silence_libraries
from collectors.dicom.common.line import Line, LineEntity
from collectors.dicom.common.peer import Peer
from collectors.dicom.common.tls import client_context
from collectors.polling.daemon_thread import run_in_daemon_thread
from collectors.polling.load import OverloadedError
from core.errors import SourceError

VERIFICATION = "1.2.840.10008.1.1"
_SERVICES = {VERIFICATION: "verification (C-ECHO)"}  # others are named by their UID
_LONGEST_RELEASE_S = 2.0  # the answer has come: who forgets to say good-bye is no fault
_SUCCESS, _PENDING = 0x0000, (0xFF00, 0xFF01)
_FIND_STATUSES = {
    0x0122: "it does not offer this kind of question",
    0xA700: "it has no room or time for the question",
    0xA900: "it does not understand the question",
    0xFE00: "it broke the question off",
}

silence_libraries()
_Result = TypeVar("_Result")


class OpenAssociation:
    """An association that the peer has accepted."""

    def __init__(self, peer: Peer, line: Line, association: Association) -> None:
        self._peer = peer
        self._line = line
        self._association = association

    def verify(self) -> float:
        """C-ECHO; milliseconds from the call to its answer, without the look-up of the name."""
        try:
            status = self._association.send_c_echo()
        except (RuntimeError, ValueError):  # it has ended meanwhile, or never offered this
            raise self._ended(VERIFICATION) from None
        response_ms = (time.monotonic() - self._line.began_at) * 1000
        if "Status" not in status:
            raise failed(self._peer, self._line)
        if status.Status != _SUCCESS:
            text = f"{self._peer} answers C-ECHO with the status {status.Status:04X}"
            raise DeclinedError(text)
        return response_ms

    def find(self, query: Dataset, model: str) -> Iterator[Dataset]:
        """C-FIND: each match, as it comes. SourceError if not all of them came."""
        try:
            for status, match in self._association.send_c_find(query, model):
                code = status.get("Status")
                if code is None:
                    raise failed(self._peer, self._line)
                if code in _PENDING:
                    if match is None:
                        raise SourceError(f"{self._peer} sent a match that cannot be read")
                    yield match
                elif code != _SUCCESS:
                    raise _refused_find(self._peer, code)
        except (RuntimeError, ValueError):
            raise self._ended(model) from None

    def _ended(self, service: str) -> SourceError:
        if self._association.is_established or self._association.accepted_contexts:
            offered = {str(each.abstract_syntax) for each in self._association.accepted_contexts}
            if service not in offered:
                return _not_offered(self._peer, [service])
        return failed(self._peer, self._line)


@contextmanager
def associated(
    peer: Peer, services: Sequence[str], line: Line | None = None
) -> Iterator[OpenAssociation]:
    """An association for these abstract syntaxes, released at the end. `line` may be cut from another thread."""
    line = line or Line()
    tls = None if peer.tls is None else (client_context(peer.tls), peer.host)
    entity = LineEntity(peer.calling, line, peer.timeout_s)
    contexts = [build_context(service) for service in services]
    try:
        association = entity.associate(
            peer.host, peer.port, contexts, ae_title=peer.ae_title, tls_args=tls
        )
    except (OSError, UnicodeError) as error:
        raise not_started(peer, error) from None
    except RuntimeError:  # of a thread that could not be started
        raise OverloadedError(f"cannot ask {peer}: no thread can be started") from None
    try:
        if not association.is_established:
            raise _why_not(peer, services, line, association)
        yield OpenAssociation(peer, line, association)
        _release(association)
    finally:
        _close(association)


def _why_not(
    peer: Peer, services: Sequence[str], line: Line, association: Association
) -> SourceError:
    is_accepted = association.acceptor.primitive is not None and line.rejection is None
    if is_accepted and association.rejected_contexts and not association.accepted_contexts:
        return _not_offered(peer, services)
    return failed(peer, line)


def _release(association: Association) -> None:
    if association.is_established:
        association.acse_timeout = min(association.acse_timeout or 0.0, _LONGEST_RELEASE_S)
        association.release()


def _close(association: Association) -> None:
    """What still stands is aborted: something went wrong, or nobody waits for the rest."""
    if association.is_established:
        association.abort()
    if association.dul.socket is not None:
        association.dul.socket._shutdown_socket()


def _not_offered(peer: Peer, services: Sequence[str]) -> SourceError:
    names = ", ".join(_SERVICES.get(service, service) for service in services)
    return DeclinedError(f"{peer} takes the association, but does not offer {names}")


def _refused_find(peer: Peer, code: int) -> SourceError:
    why = _FIND_STATUSES.get(code, "it cannot answer the question")
    return DeclinedError(f"{peer}: {why} (status {code:04X})")


async def in_thread(
    peer: Peer, work: Callable[[Line], _Result], *, within_s: float | None = None
) -> _Result:
    """`work` in a thread of its own. Its line is cut when the caller is cancelled, or after `within_s` seconds."""
    line = Line()
    try:
        future = run_in_daemon_thread(partial(work, line), f"dicom {peer}")
    except RuntimeError:
        raise OverloadedError(f"cannot ask {peer}: no thread can be started") from None
    try:
        async with asyncio.timeout(within_s):
            return await future
    except TimeoutError:
        raise SourceError(f"{peer}: the question did not come to an end in time") from None
    finally:
        line.cut()
