"""Peers, and what becomes of a question to them."""

from typing import Any

import pytest

from collectors.dicom.common.association import VERIFICATION, associated
from collectors.dicom.common.peer import Peer
from core.errors import SourceError
from tests.support.cpu_clock import own_time
from tests.support.evil_peer import Behaviour, evil_peer


def peer(port: int, title: str = "NODE", *, timeout_s: float = 10.0, **settings: Any) -> Peer:
    given = {"host": "127.0.0.1", "calling": "SCANWARD", "tls": None, **settings}
    return Peer(port=port, ae_title=title, timeout_s=timeout_s, **given)


def verified(node: Peer) -> float:
    with associated(node, [VERIFICATION]) as association:
        return association.verify()


def why_not(node: Peer) -> SourceError:
    with pytest.raises(SourceError) as caught:
        verified(node)
    return caught.value


def why_not_evil(behave: Behaviour, *, timeout_s: float = 0.7) -> SourceError:
    with evil_peer(behave) as port:
        began = own_time()
        error = why_not(peer(port, timeout_s=timeout_s))
        assert own_time() - began < 5
    return error
