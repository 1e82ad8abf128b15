"""Numbers that a person or a program has read where no source reaches."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters, moment
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from storage.records.transaction import Transaction

BodyMoment = Annotated[
    int, BeforeValidator(moment, json_schema_input_type=int | str), Field(ge=0, le=2**53)
]


class ValueBody(RequestBody):
    """One number, in the unit of its metric; `sure` if a running number was asked about."""

    metric: str = Field(max_length=200)
    value: float
    component: str = Field(default="", max_length=200)
    sure: bool = False


class ReadingsBody(RequestBody):
    """What was read of one device at one time; without `at` now."""

    device: str = Field(max_length=200)
    at: BodyMoment | None = None
    values: list[ValueBody] = Field(min_length=1, max_length=500)


class EnteredItem(ApiItem):
    """A number that was entered; it is in the series within a minute."""

    id: int
    device: str
    metric: str
    component: str
    value: float
    at: ApiTime
    who: str


def enter(tx: Transaction, _query: Parameters, body: ReadingsBody) -> list[EnteredItem]:
    """All of them, or none."""
    values = [EnteredValue(row.metric, row.value, row.component, row.sure) for row in body.values]
    rows = enter_readings(tx, body.device, values, tx.now if body.at is None else body.at)
    return [EnteredItem.model_validate(row) for row in rows]


ENDPOINTS = [
    WriteEndpoint(
        "/readings", "Enter readings", "enter readings", Parameters, ReadingsBody, EnteredItem,
        enter, status=201, is_list=True,
    ),
]  # fmt: skip
