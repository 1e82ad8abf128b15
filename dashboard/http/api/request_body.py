"""The body of a write: JSON in its strict form, of a believable size, within a time."""

import asyncio
import json
import math
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect, Request

from dashboard.http.api.problems import ProblemError

LARGEST = 1_000_000  # bytes
# Of one that is too large so much is read and dropped: who still sends would see the line break, not the answer.
DROPPED = 4_000_000
WITHIN_S = 30.0
DEEPEST = 20  # arrays and objects in one another; the models go four deep
JSON = "application/json"

Model = TypeVar("Model", bound=BaseModel)


class RequestBody(BaseModel):
    """What a write is told; an unknown field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


async def read_body(request: Request) -> bytes:
    """All of it. ProblemError if it is not JSON by its own word, too large or too slow."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise ProblemError(415, f"say Content-Type: {JSON}")
    body, size = b"", 0
    try:
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                size += len(chunk)
                body = body + chunk if size <= LARGEST else b""
                if size > DROPPED:
                    break
    except TimeoutError:
        raise ProblemError(408, f"it did not come within {WITHIN_S:.0f} s") from None
    except ClientDisconnect:
        raise ProblemError(400, "it came only in part") from None
    if size > LARGEST:
        raise ProblemError(413, f"at most {LARGEST} bytes are read")
    return body


def parse_body(model: type[Model], body: bytes) -> Model:
    """What it holds. ProblemError says which field is wrong."""
    try:
        return model.model_validate(strict_json(body))
    except ValidationError as error:
        mistakes = [
            f"{'.'.join(map(str, row['loc'])) or 'the body'}: {row['msg']}"
            for row in error.errors()
        ]
        raise ProblemError(422, "; ".join(mistakes[:20])) from None


def strict_json(body: bytes) -> Any:
    """Its value. ProblemError where readers of JSON would differ: NaN, a key twice, half a character."""
    try:
        text = body.decode("utf-8")
        if _depth(text) > DEEPEST:
            raise ProblemError(400, f"it is more than {DEEPEST} deep")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except ValueError as error:
        raise ProblemError(400, f"it is not JSON: {error}") from None
    return value


def _depth(text: str) -> int:
    """How many arrays and objects lie in one another, outside of strings."""
    depth = deepest = 0
    is_text = is_escaped = False
    for letter in text:
        if is_text:
            is_text = is_escaped or letter != '"'
            is_escaped = letter == "\\" and not is_escaped
        elif letter == '"':
            is_text = True
        elif letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key stands there twice")
    return fields


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large")
    return number
