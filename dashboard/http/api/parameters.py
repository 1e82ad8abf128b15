"""What may stand in an address of the API, checked by the same models that its document is made from."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.time.clock import to_ms
from dashboard.http.api.problems import ProblemError
from dashboard.queries import stores

LAST_MOMENT = 253_402_300_799_999  # the end of the year 9999, as far as ISO 8601 goes
LARGEST = 2**53  # an integer that every JSON reader keeps
MOST_ROWS = 1000
_FORM = "2026-10-31T08:15:00Z, or milliseconds since 1970"

Known = TypeVar("Known", bound="Parameters")


class Parameters(BaseModel):
    """Those of one address; any other is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def moment(typed: object, info: ValidationInfo) -> object:
    """UTC milliseconds of what somebody has written as a time."""
    if not isinstance(typed, str):
        return typed
    try:
        return _believable(int(typed)) if typed.isdecimal() else _ms(typed)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "time",
            "{field}={typed} is not a time; write {form}",
            {"field": info.field_name, "typed": repr(typed), "form": _FORM},
        ) from None


Moment = Annotated[
    int, BeforeValidator(moment, json_schema_input_type=str), Field(description=f"A time: {_FORM}")
]
Number = Annotated[int, Field(ge=1, le=LARGEST)]


class DeviceQuery(Parameters):
    """Of one device."""

    device: str

    def known_device(self) -> Device:
        """The device. ProblemError if there is none of that name."""
        return device_named(self.device)


class NumberQuery(Parameters):
    """Of what has a number."""

    number: Number


class PageQuery(Parameters):
    """Of a list that comes in pages."""

    limit: int = Field(default=MOST_ROWS, ge=1, le=MOST_ROWS, description="How many, at most.")
    cursor: str = Field(
        default="", max_length=2000, description="From the `Link` of the page before."
    )


class DevicePageQuery(PageQuery):
    """The same, of all devices or of one."""

    device: str | None = None


def device_named(name: str) -> Device:
    """The device. ProblemError if there is none of that name."""
    known = stores.site().devices
    if name not in known:
        raise ProblemError(404, f"no device {name!r}{did_you_mean(name, known)}")
    return known[name]


def parse(model: type[Known], pairs: Iterable[tuple[str, str]]) -> Known:
    """The parameters. ProblemError says which is wrong."""
    fields = list(pairs)
    for name, count in Counter(name for name, _ in fields).items():
        if count > 1:
            raise ProblemError(400, f"{name} stands there {count} times")
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        raise ProblemError(400, "; ".join(_words(row, model) for row in error.errors())) from None


def _words(row: ErrorDetails, model: type[BaseModel]) -> str:
    name = str(row["loc"][0]) if row["loc"] else ""
    if row["type"] == "missing":
        return f"say which {name}: ?{name}=..."
    if row["type"] == "extra_forbidden":
        return f"there is no parameter {name!r}{did_you_mean(name, model.model_fields)}"
    return row["msg"] if row["type"] == "time" else f"{name}: {row['msg']}"


def _believable(at: int) -> int:
    if at > LAST_MOMENT:
        raise ValueError
    return at


def _ms(text: str) -> int:
    # In a query string `+` means a space; `+04:30` was meant.
    moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    if moment.tzinfo is None:
        raise ValueError
    return to_ms(moment)
