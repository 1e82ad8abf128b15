"""What the judge of a proof is given: of the store, the records and the people."""

from collections.abc import Mapping

import pytest

from core.readings import BAD_ANSWER, DEVICE_CLOCK, Batch, Event, Reading
from core.schema.plan import Item
from core.schema.proof import Proof
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.readings import Quality
from maintenance.proofs.case import Case, window_of
from maintenance.proofs.facts import ProofVerdict
from maintenance.proofs.gathering import observe
from maintenance.proofs.judging import judge
from storage.records import Alert, OrderItem, Verdict, Window, WorkOrder
from storage.records.base import Base
from tests.maintenance.cast import T0, House

NOW = T0 + 2 * DAY
DISK: Mapping[str, object] = {
    "kind": "held", "metrics": ["disk_free_mb"], "over": "24h", "every": "2h", "because": "its log says it",
}  # fmt: skip
TUBE: Mapping[str, object] = {
    "kind": "held", "metrics": ["tube_housing_temp_c"], "over": "24h", "every": "2h", "because": "its probe is there",
}  # fmt: skip


def read_a_day(house: House, metric: str = "disk_free_mb", level: float = 40_000.0) -> None:
    """Each hour of a day and a half, to now, and judged."""
    readings = [
        Reading("ct-1", metric, level + hour % 5, NOW - hour * HOUR) for hour in range(36, -1, -1)
    ]
    house.writer.append([Batch(readings)])
    house.judge(NOW)


def seen(house: House, proof: Mapping[str, object] = DISK, now: int = NOW) -> ProofVerdict:
    model: Proof | None = Item.model_validate({"id": "a", "text": "A", "proof": proof}).proof
    assert model is not None
    order = WorkOrder("ct-1", "preventive", "plan", "Check", now)
    case = Case(house.site.devices["ct-1"], OrderItem(order, "a", "A"), model, now)
    with house.look() as db:
        window = window_of(db, house.site, case)
        return judge(model, observe(db, house.site, case, window), window)


def reasons(house: House, proof: Mapping[str, object] = DISK) -> str:
    verdict = seen(house, proof)
    assert not verdict.is_proven
    return "; ".join(verdict.reasons)


def write(house: House, *rows: Base) -> None:
    with house.write(NOW) as db:
        db.add_all(rows)


def tell(house: House, event: Event) -> None:
    house.writer.append([Batch(events=[event])])


def test_a_day_of_a_log_that_the_rules_have_judged_is_proven(house: House) -> None:
    read_a_day(house)
    [fact] = seen(house).facts
    assert (fact.count, fact.low, fact.coverage_pct) == (25, 1000, 100)


def test_what_the_engine_has_not_judged_yet_is_no_evidence(house: House) -> None:
    read_a_day(house)
    later = NOW + 2 * HOUR  # what comes all of the time is always a little ahead of the engine
    for minutes, is_proven in ((0, True), (1, False)):
        house.read("ct-1", "disk_free_mb", 40_000.0, later + minutes * MINUTE)
        verdict = seen(house, now=later + minutes * MINUTE)
        assert verdict.is_proven is is_proven
    title = "Free space of the image database"
    assert verdict.reasons == (f"the rules have not judged the newest of {title} yet",)
    house.judge(later + MINUTE)
    assert seen(house, now=later + MINUTE).is_proven


@pytest.mark.parametrize("ended", [None, NOW - HOUR])
def test_an_alert_of_the_day_speaks_against_it_even_when_it_is_over(
    house: House, ended: int | None
) -> None:
    read_a_day(house)
    alert = Alert(
        "ct-1",
        "",
        "disk_filling",
        "The disk fills",
        "warning",
        "disk_free_mb",
        "firing",
        NOW - 2 * HOUR,
    )
    alert.fired_at, alert.ended_at = NOW - 2 * HOUR, ended
    write(house, alert)
    assert "there was an alert on Free space of the image database: The disk fills" in reasons(
        house
    )
    other = replace_metric(DISK, "gantry_temp_c")
    read_a_day(house, "gantry_temp_c", 25)
    assert seen(house, other).is_proven  # another part of the same device
    assert "The disk fills" in reasons(house, {**other, "beside": ["disk_free_mb"]})


def replace_metric(proof: Mapping[str, object], metric: str) -> Mapping[str, object]:
    return {**proof, "metrics": [metric]}


def test_a_detector_that_calls_the_probe_stuck_speaks_against_it(house: House) -> None:
    read_a_day(house, "tube_housing_temp_c", 40)
    assert seen(house, TUBE).is_proven
    steady = {**TUBE, "steady": True}
    assert "nothing judges yet" in reasons(house, steady)
    write(house, Verdict("ct-1", "", "tube_cooling", NOW - DAY, "normal", 0.1, False))
    assert seen(house, steady).is_proven
    write(house, Verdict("ct-1", "", "tube_cooling", NOW - HOUR, "stuck", 1.0, False))
    assert "does not call Tube cooling temperature normal" in reasons(house, TUBE)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Event("ct-1", BAD_ANSWER, "disk_free_mb: out of range: -1", NOW - HOUR), "1 answers for"),
        (Event("ct-1", DEVICE_CLOCK, "ahead", NOW - HOUR, code="+3600"), "clock of"),
    ],
)
def test_a_doubt_that_a_source_wrote_down_speaks_against_it(
    house: House, event: Event, reason: str
) -> None:
    read_a_day(house)
    tell(house, event)
    assert reason in reasons(house)


@pytest.mark.parametrize(("quality", "is_proven"), [("good", True), ("clock", False)])
def test_readings_that_are_stamped_by_their_arrival_prove_nothing(
    house: House, quality: Quality, is_proven: bool
) -> None:
    read_a_day(house)
    newest = Reading("ct-1", "disk_free_mb", 40_001.0, NOW + 1, quality=quality)
    house.writer.append([Batch([newest])])
    house.judge(NOW + 1)
    assert seen(house, now=NOW + 1).is_proven is is_proven


def test_what_was_stamped_in_2036_is_not_looked_at(house: House) -> None:
    read_a_day(house)
    house.read("ct-1", "disk_free_mb", 1.0, NOW + 10 * 365 * DAY)
    assert seen(house).is_proven


@pytest.mark.parametrize(
    ("starts", "ends", "repeats", "is_proven"),
    [
        (NOW - 8 * HOUR, NOW - 7 * HOUR, "", True),  # a pause: the rest of the day is enough
        (NOW - HOUR, NOW + HOUR, "", False),  # it stands
        (NOW - 30 * DAY - HOUR, NOW - 30 * DAY + HOUR, "daily", False),  # its turn stands
        (NOW - 30 * DAY - 8 * HOUR, NOW - 30 * DAY - 7 * HOUR, "daily", True),
        (NOW + HOUR, NOW + 2 * HOUR, "", True),
    ],
)
def test_maintenance_windows_of_the_device_are_left_out(
    house: House, starts: int, ends: int, repeats: str, is_proven: bool
) -> None:
    read_a_day(house)
    window = Window("maintenance", "ct-1", starts, ends, "filters", "sara")
    window.repeats = "daily" if repeats else ""
    write(house, window)
    assert seen(house).is_proven is is_proven


def test_a_source_that_does_not_answer_now_proves_nothing(house: House) -> None:
    pacs = house.site.devices["pacs"]
    proof = Item.model_validate(
        {"id": "a", "text": "A", "proof": {**DISK, "metrics": ["disk_used_pct"], "may_rest": True}}
    ).proof
    assert proof is not None
    order = WorkOrder("pacs", "preventive", "plan", "Check", NOW)
    case = Case(pacs, OrderItem(order, "a", "A"), proof, NOW)
    for hour in range(36, -1, -1):
        house.read("pacs", "disk_used_pct", 40.0, NOW - hour * HOUR, "/")
    house.judge(NOW)
    for value, is_proven in ((1.0, True), (0.0, False)):
        house.read("pacs", "up", value, NOW - int(value), "snmp")
        with house.look() as db:
            window = window_of(db, house.site, case)
            verdict = judge(proof, observe(db, house.site, case, window), window)
        assert verdict.is_proven is is_proven, verdict.reasons
