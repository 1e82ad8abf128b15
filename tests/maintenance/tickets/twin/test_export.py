"""A ticket as one file: it opens anywhere, is signed, and holds nothing of a patient and no word of the house."""

import io
import re
import zipfile
from dataclasses import dataclass

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.bundle.keys import site_key
from maintenance.bundle.verify import verify
from maintenance.tickets import lifecycle
from maintenance.tickets.twin.export import Twin, make_twin, note_export
from maintenance.tickets.twin.intake import receive_file
from maintenance.tickets.twin.reply_file import read_reply
from maintenance.tickets.uploads import writer
from maintenance.work_orders.attachments import attach
from storage.files import attachments
from storage.records import Alert, Ticket, Vendor, Verdict
from storage.records import files as file_rows
from storage.records import verdicts as verdict_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.tickets.twin.filling import filled

NOW = T0 + DAY


@dataclass
class Stick:
    """The file as a supplier's computer sees it."""

    twin: Twin

    @property
    def entries(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.twin.data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def page(self) -> str:
        return self.entries["index.html"].decode()

    @property
    def texts(self) -> str:
        """Every byte that leaves, as text; of the bundle inside, too."""
        entries = dict(self.entries)
        for name in [name for name in entries if name.endswith(".zip")]:
            with zipfile.ZipFile(io.BytesIO(entries[name])) as archive:
                entries |= {f"{name}/{inner}": archive.read(inner) for inner in archive.namelist()}
        return "\n".join(
            body.decode("utf-8", "replace")
            for body in (*entries.values(), *map(str.encode, entries))
        )


def export(house: House, *chosen: int, now: int = NOW) -> Stick:
    twin = make_twin(house.site, house.series, house.records, 1, now, chosen)
    with house.change(now) as tx:
        note_export(tx, twin)
    return Stick(twin)


@pytest.fixture
def hot(house: House) -> House:
    """The gantry is too hot since two hours, and the ticket is about that."""
    for hour in range(20):
        house.read("ct-1", "gantry_temp_c", 24.0 + hour / 10, T0 + hour * HOUR)
    house.hot("ct-1", NOW - 2 * HOUR, None)
    with house.write(NOW) as db:
        db.get_one(Ticket, 1).alert_id = 1
    return house


def test_everything_is_in_it_and_it_is_whole_and_ours(hot: House) -> None:
    stick = export(hot)
    names = list(stick.entries)
    assert stick.twin.name == "test-ticket-1-2025-01-05T0330Z.zip"
    assert names == ["manifest.json", "manifest.sig", "signer.pem", "bundle/test-ct-1-2025-01-05T0330Z.zip",
                     "index.html", "reply/reply.txt"]  # fmt: skip
    verification = verify(stick.twin.data, [site_key(hot.site).public_key()])
    assert (verification.problems, verification.is_known) == ([], True)
    assert verify(stick.entries[names[3]], []).is_whole


def test_the_page_says_what_is_wrong_and_needs_nothing(hot: House) -> None:
    page = export(hot).page
    assert "<h1>Ticket 1: Tube arcs</h1>" in page
    assert "worst 50 °C, limit" in page
    assert "not over at the end of this file" in page
    assert "<svg" in page
    assert "Please look at the tube." in page
    assert "Serial number</dt><dd>123<" in page
    assert 'href="reply/reply.txt"' in page
    assert "<script" not in page
    assert not re.findall(r"(?:src|href|action)=\"(?!bundle/|files/|reply/)", page)
    assert "default-src 'none'" in page


def test_what_the_detector_expected_stands_beside_what_was(hot: House) -> None:
    rule = next(rule for rule in hot.site.devices["ct-1"].profile.rules if rule.kind == "anomaly")
    verdict = Verdict(
        device="ct-1", component="", detector=rule.detector_id or "", at=NOW - HOUR, kind="step", score=0.9,
        alarm=True, value=41.23, expected=38.5, low=37.0, high=40.0,
    )  # fmt: skip
    with hot.write(NOW) as db:
        verdict_rows.write_verdicts(db, [verdict])
        alert = db.get_one(Ticket, 1).alert_id
        row = db.get_one(Alert, alert)
        row.rule, row.component = rule.id, ""
    assert "was 41.23 °C, expected 38.5 °C, between 37 °C and 40 °C" in export(hot).page


def test_no_patient_and_no_word_of_the_house_leaves(house: House) -> None:
    with house.change(NOW) as tx:
        lifecycle.write(tx, 1, "Arcs since Gulalai Rahimzada, MRN 4711823, born 12.03.1961.", "out")
        lifecycle.write(tx, 1, "The tube arcs\nat 120 kV.", "out")
        lifecycle.write(tx, 1, "They are slow: ask Zabihullah.", "note")
        ticket = tx.db.get_one(Ticket, 1)
        ticket.subject, ticket.text = (
            "Tube arcs <b>Rahimzada</b>",
            "Patient Gulalai Rahimzada waits",
        )
        attach(tx, "ticket", "1", "Rahimzada.jpg", "image/jpeg", b"a photo of the console")
        vendor = tx.db.get_one(Vendor, "maker")
        file = attach(tx, "ticket", "1", "Rahimzada log.txt", "text/plain", b"their own log")
        file.who = writer(vendor)
    stick = export(house)
    for hidden in ("ahimzada", "ulalai", "4711823", "1961", "abihullah", "slow", "sara", "a photo"):
        assert hidden not in stick.texts, hidden
    assert "The tube arcs\nat 120 kV." in stick.page
    assert stick.twin.removed > 0
    assert stick.entries["files/2.txt"] == b"their own log"
    assert [file.name for file in stick.twin.left_out] == ["Rahimzada.jpg"]


def test_a_file_of_the_house_goes_along_when_somebody_has_looked_at_it(house: House) -> None:
    with house.change(NOW) as tx:
        number = attach(tx, "ticket", "1", "plate.jpg", "image/jpeg", b"a plate").id
    stick = export(house, number)
    assert stick.entries["files/1.jpg"] == b"a plate"
    assert stick.twin.left_out == []
    with pytest.raises(RefusedError, match="no file 99"):
        export(house, 99)


def test_a_file_that_is_damaged_or_gone_is_named_and_holds_nothing_up(house: House) -> None:
    with house.change(NOW) as tx:
        file = attach(tx, "ticket", "1", "plate.jpg", "image/jpeg", b"a plate")
        attachments.path_of(house.site.file.storage.folder, file.sha256).unlink()
    assert [file.name for file in export(house, 1).twin.left_out] == ["plate.jpg"]


def test_the_bundle_that_is_there_goes_along_and_one_that_was_made_stays(house: House) -> None:
    first = export(house)
    second = export(house, now=NOW + 5 * MINUTE)
    assert first.twin.bundle is not None
    assert second.twin.bundle is None
    with house.look() as db:
        bundles = file_rows.files(db, "ticket", "1")
        thread = [(m.direction, m.who) for m in db.get_one(Ticket, 1).messages]
        state = db.get_one(Ticket, 1).state
        note = db.get_one(Ticket, 1).messages[1].text
    assert [f"bundle/{file.name}" for file in bundles] == [
        name for name in second.entries if "bundle/" in name
    ]
    assert (thread, state) == ([("out", "sara"), ("note", "sara"), ("note", "sara")], "to_send")
    assert first.twin.name in note
    assert attachments.digest_of(first.twin.data) in note


def test_the_same_moment_makes_the_same_bytes(house: House) -> None:
    export(house)
    assert export(house).twin.data == export(house).twin.data


def test_its_reply_finds_back(house: House) -> None:
    form = export(house).entries["reply/reply.txt"].decode("ascii")
    reply = read_reply(house.site, filled(form, "Replace the anode.").encode())
    with house.change(NOW) as tx:
        assert receive_file(tx, reply).ticket == 1


@pytest.mark.parametrize("now", [T0 + 11 * 365 * DAY, T0 - 3650 * DAY], ids=["2036", "2015"])
def test_a_wrong_clock_makes_a_file_all_the_same(hot: House, now: int) -> None:
    assert "<h1>Ticket 1" in export(hot, now=now).page


def test_there_must_be_a_ticket(house: House) -> None:
    with pytest.raises(RefusedError, match="there is no ticket 9"):
        make_twin(house.site, house.series, house.records, 9, NOW)
