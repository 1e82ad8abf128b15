"""Lists in pages. A cursor names the last row that was given, so rows that come meanwhile move nothing.

It is signed, and good for the same question only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel

from dashboard.http.api.parameters import PageQuery
from dashboard.http.api.problems import ProblemError
from dashboard.queries import stores
from storage.files.key_file import site_key

Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ItemPage(Generic[Item]):
    """Some of the items, and the cursor of those that follow; empty if these are the last."""

    items: Sequence[Item]
    cursor: str = ""


def by_number(
    query: PageQuery, rows: Sequence[Row], number: Callable[[Row], int]
) -> tuple[list[Row], str]:
    """The page of rows that have numbers, the newest first, and the cursor of the next."""
    last = read_cursor(query, int)
    newest_first = sorted(rows, key=number, reverse=True)
    left = [row for row in newest_first if last is None or number(row) < last]
    page = left[: query.limit]
    return page, new_cursor(query, number(page[-1])) if len(left) > len(page) else ""


def new_cursor(query: PageQuery, last: object) -> str:
    """For what follows `last`, which is anything that JSON can hold."""
    return str(_serializer(query).dumps(last))


def read_cursor(query: PageQuery, kind: type[Row]) -> Row | None:
    """What was given last; None at the beginning. ProblemError if it is not ours, or for another question."""
    if not query.cursor:
        return None
    try:
        last = _serializer(query).loads(query.cursor)
    except BadSignature:
        last = None
    if not isinstance(last, kind):
        raise ProblemError(400, "this cursor is not one of ours, or of another question")
    return last


def _serializer(query: PageQuery) -> URLSafeSerializer:
    question = query.model_dump_json(exclude={"cursor", "limit"})
    salt = f"scanward cursor {type(query).__name__} {question}"
    return URLSafeSerializer(site_key(stores.site().session_key_path), salt=salt)
