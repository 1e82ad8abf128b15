"""The round: what is to be read, and what was read, each entry taken once by its key."""

from pydantic import Field

from core.vocabulary.rounds import SkipReason
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters
from dashboard.http.api.reading_writes import BodyMoment
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from maintenance.rounds.entering import (
    LONGEST_KEY,
    MOST,
    EntryResult,
    EntryState,
    TypedEntry,
    hand_in,
)
from maintenance.rounds.walk import RoundValue
from storage.records.transaction import Transaction


class RoundValueItem(ApiItem):
    """A number that a person reads: where, what is accepted, what was read last, and whether it is due."""

    device: str
    room: str
    metric: str
    component: str
    title: str
    unit: str
    where: str
    code: str  # on paper
    is_due: bool
    low: float | None
    high: float | None
    last: float | None
    last_at: ApiTime | None


class RoundLineBody(RequestBody):
    """A number as it was typed, in any digits, or why it, or its whole device, was left out."""

    device: str = Field(max_length=200)
    metric: str = Field(default="", max_length=200)
    component: str = Field(default="", max_length=200)
    typed: str = Field(default="", max_length=200)
    skipped: SkipReason | None = None
    sure: bool = False
    instead_of: str = Field(default="", max_length=LONGEST_KEY)


class RoundEntryBody(RoundLineBody):
    """A line, and when it was read; without `at` now."""

    key: str = Field(min_length=1, max_length=LONGEST_KEY, description="Yours, for ever the same.")
    at: BodyMoment | None = None


class RoundEntriesBody(RequestBody):
    """What one round hands in; without `at` it was read now."""

    entries: list[RoundEntryBody] = Field(min_length=1, max_length=MOST)


class RoundResultItem(ApiItem):
    """What became of an entry; `why` it was asked about or refused, `outside` which limit its number breaks."""

    key: str
    state: EntryState
    why: str
    reading: int | None
    outside: str


def due(_query: Parameters) -> list[RoundValueItem]:
    """All of it, room by room."""
    return [_item(value) for each in round_queries.walk_now() for value in each.values]


def enter_round(
    tx: Transaction, _query: Parameters, body: RoundEntriesBody
) -> list[RoundResultItem]:
    """Each by itself."""
    entries = [
        TypedEntry(**{**row.model_dump(), "at": tx.now if row.at is None else row.at})
        for row in body.entries
    ]
    return [_result(result) for result in hand_in(tx, entries)]


def _item(value: RoundValue) -> RoundValueItem:
    last = value.last
    return RoundValueItem(
        device=value.device.id,
        room=value.device.room,
        metric=value.metric,
        component=value.component,
        title=value.about.title,
        unit=value.about.unit,
        where=value.about.where,
        code=value.code,
        is_due=value.is_due(stores.now(), stores.site()),
        low=value.accepted.low,
        high=value.accepted.high,
        last=None if last is None else last.value,
        last_at=None if last is None else last.at,
    )


def _result(result: EntryResult) -> RoundResultItem:
    return RoundResultItem(
        key=result.key,
        state=result.state,
        why="" if result.why is None else str(result.why),
        reading=result.number,
        outside="" if result.broken is None else result.broken.title,
    )


READS = [
    ReadEndpoint(
        "/round", "What is to be read on a round", Parameters, RoundValueItem, due, is_list=True
    ),
]
WRITES = [
    WriteEndpoint(
        "/round", "Hand in a round", "enter readings", Parameters, RoundEntriesBody, RoundResultItem,
        enter_round, is_list=True,
    ),
]  # fmt: skip
