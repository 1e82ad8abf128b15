"""No form of an identifier is in any byte of a bundle, wherever in the records people wrote it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.readings import Event, Reading
from core.time.clock import HOUR, MINUTE
from maintenance.bundle.content import Fact
from maintenance.bundle.device_facts import facts_of, notes_of
from storage.records import (
    Alert,
    Asset,
    Component,
    Downtime,
    File,
    OrderItem,
    Part,
    Ticket,
    TicketMessage,
    Vendor,
    Verdict,
    WorkOrder,
)
from tests.maintenance.bundle.cast import END, FAULT, T0, Centre, opened
from tests.maintenance.bundle.leaks import found
from tests.maintenance.bundle.privacy.forms import FORMS, Person
from tests.support.examples import examples

pytestmark = pytest.mark.servers  # as long as one

people = st.builds(
    Person,
    st.sampled_from(["Ahmad", "Zarghona", "Fatima", "Mirwais"]),
    st.sampled_from(["Karimi", "Wardak", "Nuristani", "Stanekzai"]),
    st.sampled_from(["احمد کریمی", "زرغونه وردک", "گل محمد", "مریم حکیم"]),
    st.integers(10_000_000, 999_999_999).map(lambda number: f"0{number}"),
    st.integers(1930, 2012),
    st.integers(1310, 1399),
)


@given(people)
@examples(12, suppress_health_check=[HealthCheck.too_slow])
def test_no_form_is_in_any_byte_wherever_it_was_written(person: Person) -> None:
    texts = [form(person) for form in FORMS.values()]
    assert len(texts) >= 80
    wanted = {
        *(text for text in texts if len(text) > 6),
        *(person.first, person.last, person.number, person.number[:5], person.number[-5:]),
        *person.dari.split(),
    }
    with tempfile.TemporaryDirectory() as folder:
        before = found(bundle_with(Path(folder) / "clean", []), wanted)
        after = found(bundle_with(Path(folder) / "planted", texts), wanted)
    assert {text for text in wanted if after[text] > before[text]} == set()


def bundle_with(folder: Path, texts: Sequence[str]) -> bytes:
    """A bundle of a centre where people have written these texts wherever they can."""
    centre = opened(folder)
    try:
        for text in texts:
            _measured(centre, text)
        with centre.records.writing() as db:
            db.add(Vendor(id="vendor", name="Vendor"))
            db.add(Asset(id="ct-2", name="CT", entered_at=T0, updated_at=T0, serial="99-1234"))
            for number, text in enumerate(texts):
                _written(db, number, text)
        with centre.records.reading() as db:
            notes = notes_of(db, "ct-2", END)
            facts = [fact for id_ in range(1, len(texts) + 1) for fact in facts_of(db, "ct-2", id_)]
        facts += [Fact(text, text) for text in texts]
        return centre.made(facts=facts, notes=notes).data
    finally:
        centre.series.close()
        centre.records.close()


def _measured(centre: Centre, text: str) -> None:
    centre.say(
        Event("ct-2", "said", text, FAULT, "error", text, text),
        Event("ct-2", "said", f"scan of {text} aborted", FAULT, "error", "tube", "E-12"),
        Event("ct-2", text.lower(), "Tube arc", FAULT, "error", text[:4], text[4:8]),
    )
    centre.hear(Reading("ct-2", "tube_temp_c", 41, FAULT, text))
    centre.serviced(T0 + MINUTE, text, f"replaced the tube, {text} waits")


def _written(db: Session, number: int, text: str) -> None:
    at = T0 + number * MINUTE
    ticket = Ticket(
        token=f"token-{number}", device="ct-2", vendor_id="vendor", subject=text, opened_at=at,
        opened_by=text, text=f"please call {text}",
    )  # fmt: skip
    db.add(ticket)
    db.add(TicketMessage(ticket=ticket, direction="in", at=at, who=text, text=text))
    order = WorkOrder(
        device="ct-2", kind="corrective", opened_by="hand", title=text, opened_at=at, state="signed_off",
        text=text, done_at=at + HOUR, result=f"moved {text}", assigned_to=text, signed_at=at + HOUR,
        signed_by=text, return_check=text,
    )  # fmt: skip
    db.add(order)
    db.add(
        OrderItem(
            order=order, item="noise", text=text, unit="HU", high=6, value=7.5, within=False,
            who=text, note=text,
        )
    )  # fmt: skip
    db.add(
        Downtime(
            device="ct-2", began_at=at, cause="machine", extent="hard", opened_by=text, note=text
        )
    )
    db.add(Part(id=f"part-{number}", name=text, note=text, shelf=text))
    db.add(File("ticket", "1", f"{text}.jpg", "image/jpeg", 1, "0" * 64, at, text))
    db.add(
        Alert(
            device="ct-2", component=text, rule="tube_hot", title=text, severity="error",
            metric="tube_temp_c", state="ok", began_at=FAULT + number, fired_at=FAULT + number,
            ended_at=FAULT + HOUR, value=71.5, limit=60,
        )
    )  # fmt: skip
    db.add(
        Verdict(
            device="ct-2", component=text, detector="tube", at=FAULT, kind="anomaly", score=0.97,
            alarm=True, carried_by=[text], value=55.0, expected=44.0, low=40.0, high=48.0,
        )
    )  # fmt: skip


def test_part_numbers_and_serials_that_the_site_states_stay_in_a_text(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    with centre.records.writing() as db:
        sheet = Asset(id="ct-2", name="CT", entered_at=T0, updated_at=T0)
        db.add(sheet)
        db.add(Component(asset=sheet, name="tube", serial="T-556677"))
        db.add(Part(id="tube", name="Tube", number="10430603"))
        db.add(Part(id="phone", name="Not a part", number="0788456123"))
    with centre.records.reading() as db:
        facts = facts_of(db, "ct-2", None)
    text = "tube T-556677 of ct-2 replaced by 10430603, 99887766 waits, call 0788456123"
    centre.say(Event("ct-2", "said", text, FAULT, "error"))
    counts = found(centre.made(facts=facts).data, ["of ct-2 replaced by 10430603, [removed] waits"])
    assert min(counts.values()) > 0
    assert not any(found(centre.made(facts=facts).data, ["99887766", "0788456123"]).values())
    centre.series.close()
    centre.records.close()
