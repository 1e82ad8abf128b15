"""A write that is asked twice with the same `Idempotency-Key` is done once."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.time.clock import DAY
from dashboard.http.api.problems import ProblemError
from storage.records import IdempotentAnswer
from storage.records.idempotency import answer_of, keep_answer

KEPT = DAY
LONGEST = 200  # characters of a key

_in_flight: set[str] = set()
_lock = threading.Lock()


class WriteAnswer(NamedTuple):
    """What was answered, and whether that was before."""

    status: int
    body: str
    later: str  # what the same request gets when it is repeated
    is_replayed: bool = False


class IdempotencyKey(NamedTuple):
    """A key as a user has sent it with a request."""

    key_hash: str
    request_hash: str


def key_of(user: int, key: str, request: bytes) -> IdempotencyKey:
    """ProblemError if it is no key: 1 to 200 visible characters."""
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        raise ProblemError(400, f"an Idempotency-Key has 1 to {LONGEST} visible characters")
    own = hashlib.sha256(f"{user} {key}".encode()).hexdigest()
    return IdempotencyKey(own, hashlib.sha256(request).hexdigest())


@contextmanager
def alone(key: IdempotencyKey) -> Iterator[None]:
    """ProblemError while another request with that key is being answered."""
    with _lock:
        if key.key_hash in _in_flight:
            raise ProblemError(409, "a request with this Idempotency-Key is being answered")
        _in_flight.add(key.key_hash)
    try:
        yield
    finally:
        with _lock:
            _in_flight.discard(key.key_hash)


def once(db: Session, key: IdempotencyKey, now: int, act: Callable[[], WriteAnswer]) -> WriteAnswer:
    """The answer that was given before, or that of `act`, kept in the same transaction."""
    before = answer_of(db, key.key_hash, now - KEPT)
    if before is not None:
        if before.request_hash != key.request_hash:
            raise ProblemError(422, "this Idempotency-Key was used for another request")
        return WriteAnswer(before.status, before.body, before.body, is_replayed=True)
    answer = act()
    row = IdempotentAnswer(key.key_hash, key.request_hash, now, answer.status, answer.later)
    keep_answer(db, row, now - KEPT)
    return answer
