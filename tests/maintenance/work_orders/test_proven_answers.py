"""Lines that a source proves: shown, confirmed by a person, stored with what was seen, and withdrawn."""

from collections.abc import Sequence

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.proofs.facts import ProofVerdict
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.work_orders.answers import ItemEntry, answer_items
from maintenance.work_orders.completion import complete, sign_off
from maintenance.work_orders.lifecycle import begin
from maintenance.work_orders.proven_answers import confirm_proofs, proofs_of
from maintenance.work_orders.states import get
from storage.records import Audit, OrderItem
from storage.records import manual_readings as manual_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import order_of, planned

WATER = "qa_water_ct_number_hu"
NOW = T0 + 2 * DAY


def seen(house: House, number: int, now: int = NOW, by: str = "sara") -> dict[str, ProofVerdict]:
    with house.look() as db:
        return proofs_of(db, house.site, get(db, number), now, by)


def line(house: House, number: int, item: str) -> OrderItem:
    [row] = [row for row in order_of(house, number).items if row.item == item]
    return row


def phantom(house: House, value: float = 1.25, when: int = NOW - HOUR) -> None:
    """The phantom of the morning, as it came from the scanner's images."""
    house.read("ct-1", WATER, value, when, "120kV")
    house.judge(when)


def free_disk(house: House, until: int = NOW) -> None:
    """What the log wrote each six hours of four days."""
    for step in range(17):
        house.read("ct-1", "disk_free_mb", 40_000.0 + step, until - step * 6 * HOUR)
    house.judge(until)


def confirm(
    house: House, number: int, items: Sequence[str] = (), now: int = NOW, by: str = "sara"
) -> list[str]:
    with house.change(now, by) as tx:
        return [row.item for row in confirm_proofs(tx, number, items)]


def test_what_is_seen_is_shown_and_nothing_is_answered_by_itself(house: House) -> None:
    number = planned(house, "ct_daily")
    phantom(house)
    proofs = seen(house, number)
    assert set(proofs) == {"water_ct_number", "water_noise", "disk", "errors"}
    assert [name for name, verdict in proofs.items() if verdict.is_proven] == ["water_ct_number"]
    assert all(verdict.reasons for verdict in proofs.values() if not verdict.is_proven)
    assert line(house, number, "water_ct_number").answer == "open"
    with pytest.raises(RefusedError, match="not answered"), house.change(NOW) as tx:
        complete(tx, number)


def test_a_tap_answers_what_is_proven_and_keeps_what_was_seen(house: House) -> None:
    number = planned(house, "ct_daily")
    phantom(house)
    free_disk(house)
    assert confirm(house, number) == ["water_ct_number", "disk"]
    water, disk = line(house, number, "water_ct_number"), line(house, number, "disk")
    assert (water.answer, water.value, water.within, water.who) == ("measured", 1.25, True, "sara")
    assert (disk.answer, disk.value) == ("ok", None)
    [fact] = water.proof
    assert (fact.component, fact.newest, fact.newest_at) == ("120kV", 1.25, NOW - HOUR)
    assert (fact.low, fact.high, fact.kind, fact.confirmed_by) == (-5, 5, "result", "sara")
    [fact] = disk.proof
    assert (fact.lowest, fact.highest, fact.coverage_pct) == (40_000, 40_012, 100)
    phantom(house, 4.0, NOW)  # what comes later changes nothing of what was seen
    assert line(house, number, "water_ct_number").proof[0].newest == 1.25
    with house.look() as db:
        assert manual_rows.pending_manual_readings(db, 0, 10) == []  # it is a reading already
        rows = db.query(Audit).filter(Audit.what == "item_proofs").all()
        assert [(row.who, row.action) for row in rows] == [("sara", "insert")] * 2
        assert (rows[0].after or {})["newest"] == 1.25


def test_who_types_outranks_and_is_never_overwritten(house: House) -> None:
    number = planned(house, "ct_daily")
    phantom(house)
    free_disk(house)
    with house.change(NOW) as tx:
        answer_items(tx, number, [ItemEntry("disk", plain="not_ok", note="the log lies")])
    assert "disk" not in seen(house, number)
    with pytest.raises(RefusedError, match="is answered by sara"):
        confirm(house, number, ["disk"])
    assert confirm(house, number) == ["water_ct_number"]
    with house.change(NOW + 1) as tx:
        answer_items(tx, number, [ItemEntry("water_ct_number", value=1.5)])
    water = line(house, number, "water_ct_number")
    assert (water.value, water.proof) == (1.5, [])
    assert len(water.every_proof) == 1  # what was seen stays written down


@pytest.mark.parametrize("item", ["warm_up", "water_noise", "nothing"])
def test_a_line_without_a_proof_cannot_be_confirmed(house: House, item: str) -> None:
    number = planned(house, "ct_daily")
    with pytest.raises(RefusedError, match=r"can prove|is not proven: |does not ask for"):
        confirm(house, number, [item])
    with pytest.raises(RefusedError, match="no line of order"):
        confirm(house, number)


def test_what_was_shown_is_judged_as_of_then_and_not_for_long(house: House) -> None:
    number = planned(house, "ct_daily")
    phantom(house)
    with house.change(NOW + 20 * MINUTE) as tx, pytest.raises(RefusedError, match="too long ago"):
        confirm_proofs(tx, number, seen_at=NOW)
    with house.change(NOW - MINUTE) as tx, pytest.raises(RefusedError, match="too long ago"):
        confirm_proofs(tx, number, seen_at=NOW)  # its clock is ahead of ours
    phantom(house, 2.0, NOW + MINUTE)
    with house.change(NOW + 5 * MINUTE) as tx:
        [row] = confirm_proofs(tx, number, seen_at=NOW)
        assert row.value == 1.25
    with pytest.raises(RefusedError, match="is answered by sara"):  # twice is once
        confirm(house, number, ["water_ct_number"], NOW + 6 * MINUTE)


def typed(house: House, value: float = 1.0, by: str = "ali") -> int:
    """A number of a round, stored and judged."""
    with house.change(NOW - 2 * HOUR, by) as tx:
        [row] = enter_readings(tx, "ct-1", [EnteredValue(WATER, value)], tx.now)
        number = row.id
    house.read("ct-1", WATER, value, NOW - 2 * HOUR)
    house.judge(NOW - 2 * HOUR)
    return number


def test_what_another_typed_in_a_round_counts_and_what_i_typed_does_not(house: House) -> None:
    number = planned(house, "ct_daily")
    typed(house)
    assert not seen(house, number, by="ali")["water_ct_number"].is_proven
    with pytest.raises(RefusedError, match="ali has typed Water phantom, mean CT number"):
        confirm(house, number, ["water_ct_number"], by="ali")
    assert confirm(house, number, by="sara") == ["water_ct_number"]
    [fact] = line(house, number, "water_ct_number").proof
    assert fact.source == "ali"


def test_a_reading_that_is_corrected_takes_its_proof_with_it(house: House) -> None:
    number = planned(house, "ct_daily")
    reading = typed(house)
    assert seen(house, number)["water_ct_number"].is_proven
    with house.change(NOW - HOUR, "ali") as tx:
        correct_reading(tx, reading, 2.0, "misread")
    with pytest.raises(RefusedError, match="was corrected or withdrawn by ali"):
        confirm(house, number, ["water_ct_number"])


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_after_the_confirmation_it_can_neither_be_completed_nor_signed(
    house: House, is_withdrawn: bool
) -> None:
    number = planned(house, "ct_daily")
    reading = typed(house)
    confirm(house, number)
    others = [row.item for row in order_of(house, number).items if row.answer == "open"]
    plain = [ItemEntry(item, plain="not_applicable") for item in others]
    with house.change(NOW + MINUTE, "ali") as tx:
        if is_withdrawn:
            withdraw_reading(tx, reading, "of another scanner")
        else:
            correct_reading(tx, reading, 9.0, "misread")
    refusal = "mean CT number is not proven any more: a reading of .* by ali"
    with pytest.raises(RefusedError, match=refusal), house.change(NOW + HOUR) as tx:
        complete(tx, number, answers=plain)
    with house.change(NOW + HOUR) as tx:  # a person's own answer outranks
        complete(tx, number, answers=[*plain, ItemEntry("water_ct_number", value=1.0)])
        sign_off(tx, number)


def test_between_done_and_signed_it_is_withdrawn_too(house: House) -> None:
    number = planned(house, "ct_daily")
    reading = typed(house)
    confirm(house, number)
    others = [row.item for row in order_of(house, number).items if row.answer == "open"]
    with house.change(NOW + MINUTE) as tx:
        complete(tx, number, answers=[ItemEntry(item, plain="not_applicable") for item in others])
        withdraw_reading(tx, reading, "of another scanner")
    # Withdrawn in the same minute as the confirmation or years later, but after it.
    with pytest.raises(RefusedError, match="not proven any more"), house.change(NOW + DAY) as tx:
        sign_off(tx, number)


def test_the_own_work_ends_what_is_looked_at_and_another_window_is_a_pause(house: House) -> None:
    number = planned(house, "ct_daily")
    free_disk(house)
    with house.change(NOW) as tx:
        begin(tx, number)
    house.read("ct-1", "disk_free_mb", 10.0, NOW + 10 * MINUTE)  # the work fills it for a moment
    assert seen(house, number, NOW + HOUR)["disk"].is_proven
    assert not seen(house, number, NOW + 2 * DAY)["disk"].is_proven
