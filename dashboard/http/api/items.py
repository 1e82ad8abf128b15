"""What the API's answers are made of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from core.time.clock import iso


class ApiItem(BaseModel):
    """One thing in an answer, made from a row or a view of the same field names."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", frozen=True)


def _iso(at: object) -> object:
    return iso(at) if isinstance(at, int) else at


ApiTime = Annotated[
    str, BeforeValidator(_iso), WithJsonSchema({"type": "string", "format": "date-time"})
]  # made from UTC milliseconds
