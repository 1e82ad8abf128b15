"""What is in a bundle, and what is given up for its size."""

import csv
import json
from pathlib import Path

import pyrage
import pytest

from core.errors import ConfigError, StoreError
from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE, SECOND, iso
from maintenance.bundle.content import Fact, MaintenanceNote
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.encrypt import encrypt, receivers
from maintenance.bundle.keys import site_key
from maintenance.bundle.make import find_fault, window
from maintenance.bundle.privacy import REMOVED
from storage.records import Alert, Asset, Component, OrderItem, WorkOrder
from tests.maintenance.bundle.cast import (
    END,
    FAULT,
    T0,
    Centre,
    a_day,
    opened,
    unzipped,
)


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files[name].decode().splitlines()))


def test_it_holds_the_device_what_it_depends_on_and_what_watches_its_room(
    files: dict[str, bytes],
) -> None:
    readings = sorted(name for name in files if name.startswith("readings/"))
    assert readings == ["readings/ct-2.csv", "readings/room-1.csv", "readings/ups-1.csv"]


def test_every_reading_is_there_with_its_unit(files: dict[str, bytes]) -> None:
    temperatures = [
        row for row in rows(files, "readings/ct-2.csv") if row["metric"] == "tube_temp_c"
    ]
    assert len(temperatures) == DAY // MINUTE
    assert temperatures[1] == {
        "time_utc": iso(T0 + MINUTE),
        "metric": "tube_temp_c",
        "component": "",
        "mean": "41.001",
        "low": "41.001",
        "high": "41.001",
        "readings": "1",
        "unit": "°C",
    }


def test_events_alerts_and_verdicts_say_when_in_both_times(files: dict[str, bytes]) -> None:
    assert [row["text"] for row in rows(files, "events.csv")] == [
        "The door is open",
        "Tube arc, error 123",
    ]
    (alert,) = rows(files, "alerts.csv")
    assert alert["began_utc"] == "2026-01-01T20:00:00.000Z"
    assert alert["began_local"] == "2026-01-02T00:30:00.000+04:30"
    assert (alert["worst"], alert["limit"]) == ("71.5", "60.0")
    (verdict,) = rows(files, "verdicts.csv")
    assert (verdict["verdict"], verdict["alarm"], verdict["carried_by"]) == (
        "anomaly",
        "True",
        "tube_temp_c",
    )


def test_the_facts_name_the_serial_and_the_counters(files: dict[str, bytes]) -> None:
    facts = json.loads(files["facts.json"])
    assert facts["devices"][0]["serial"] == "4711-AB"
    assert facts["counters"][0]["value"] == 1000 + DAY // MINUTE - 1


def test_the_page_needs_nothing_but_itself_and_is_english(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    assert "The tube is hot" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert '<html lang="en">' in page


def test_what_the_profile_does_not_name_stays(centre: Centre) -> None:
    centre.hear(Reading("ct-2", "unheard_of", 5, FAULT))
    assert b"unheard_of" not in b"".join(unzipped(centre.made().data).values())


def test_maintenance_is_told_without_who_did_it(centre: Centre) -> None:
    centre.serviced(T0, "sara", "Tube replaced")
    note = MaintenanceNote(T0 + HOUR, "preventive", "Filter cleaned")
    told = rows(unzipped(centre.made(notes=[note]).data), "maintenance.csv")
    assert [(row["kind"], row["text"]) for row in told] == [
        ("preventive", "Filter cleaned"),
        ("service", "Tube replaced"),
    ]


def test_a_serial_that_is_handed_in_leaves_as_it_is_and_a_text_does_not(centre: Centre) -> None:
    facts = [
        Fact("Tube, serial", "987654321", serial=True),
        Fact("Software", "VB30C by Fatima"),
        Fact("Detector, serial", "Mr. X; born 1975", serial=True),
    ]
    told = json.loads(unzipped(centre.made(facts=facts).data)["facts.json"])["facts"]
    assert [fact["value"] for fact in told] == ["17", "987654321", f"VB30C by {REMOVED}", REMOVED]


def test_the_same_input_gives_the_same_bytes(centre: Centre) -> None:
    assert centre.made().data == centre.made().data


@pytest.mark.servers  # as long as one
def test_a_formula_is_not_one_in_a_spreadsheet(centre: Centre) -> None:
    centre.log("2026-01-01 23:00:00;INFO;tube;;=1+2")
    assert any(
        row["text"].startswith("'=") for row in rows(unzipped(centre.made().data), "events.csv")
    )


def test_over_the_budget_readings_are_thinned_but_never_around_the_fault(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    a_day(centre, every=20 * SECOND)
    whole = centre.made()
    assert (whole.thinned, whole.fits) == ("", True)

    small = centre.made(max_size=len(whole.data) // 3)
    assert small.fits
    assert small.thinned
    assert len(small.data) <= len(whole.data) // 3
    told = rows(unzipped(small.data), "readings/ct-2.csv")
    near = [
        row
        for row in told
        if iso(FAULT - 30 * MINUTE) <= row["time_utc"] < iso(FAULT + 30 * MINUTE)
    ]
    assert len(near) == 3 * HOUR // (20 * SECOND)
    assert {row["readings"] for row in near} == {"1"}
    far = [row for row in told if row["metric"] == "scan_count" and row not in near]
    assert 0 < len(far) < (DAY - HOUR) // (20 * SECOND)
    assert sum(int(row["readings"]) for row in far) <= (DAY - HOUR) // (20 * SECOND)
    assert small.thinned in unzipped(small.data)["index.html"].decode()

    least = centre.made(max_size=1)
    assert not least.fits
    left = rows(unzipped(least.data), "readings/ct-2.csv")
    assert len(left) == len(near)
    assert [row["text"] for row in rows(unzipped(least.data), "events.csv")] == [
        "Tube arc, error 123"
    ]
    centre.series.close()
    centre.records.close()


def test_the_fault_is_the_gravest_alert_of_the_device(centre: Centre) -> None:
    assert find_fault(centre.records, "ct-2", T0, END) == FAULT
    assert find_fault(centre.records, "ups-1", T0, END) is None
    assert find_fault(centre.records, "ct-2", FAULT + 1, END) is None


def test_a_device_that_said_nothing_has_a_bundle_too(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    page = unzipped(centre.made(fault=None).data)["index.html"].decode()
    assert "No alert of this device in this time" in page
    centre.series.close()
    centre.records.close()


def test_an_alert_that_fires_since_before_the_file_begins_is_told_first(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    with centre.records.writing() as db:
        alert = Alert(
            device="ct-2", component="", rule="tube_hot", title="The tube is hot", severity="error",
            metric="tube_temp_c", state="firing", began_at=T0 - 11 * DAY, fired_at=T0 - 11 * DAY,
        )  # fmt: skip
        db.add(alert)
    page = unzipped(centre.made(fault=None).data)["index.html"].decode()
    assert "No alert of this device" not in page
    assert "<b>The tube is hot</b><p>Error, began 2025-12-21" in page
    assert "11 d before this file begins; not over" in page
    centre.series.close()
    centre.records.close()


def test_a_chosen_time_is_seen_from_before_and_two_hours_after() -> None:
    assert window(END, DAY, None) == (T0, END)
    assert window(END, HOUR, FAULT) == (FAULT - HOUR, FAULT + 2 * HOUR)
    assert window(END, HOUR, END - MINUTE) == (END - MINUTE - HOUR, END)


def test_the_key_is_made_once_and_only_its_owner_reads_it(centre: Centre) -> None:
    key = site_key(centre.site)
    path = centre.site.file.storage.folder / "bundle-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert site_key(centre.site).public_key() == key.public_key()
    path.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        site_key(centre.site)


def test_only_the_vendor_opens_what_is_encrypted_to_it(tmp_path: Path) -> None:
    vendor, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    keys = tmp_path / "vendor.txt"
    keys.write_text(f"# service desk\n{vendor.to_public()}\n")
    locked = encrypt(b"secret", receivers(str(keys)))
    assert pyrage.decrypt(locked, [vendor]) == b"secret"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(locked, [other])


@pytest.mark.parametrize("wrong", ["age1nonsense", "ssh-rsa x", "no/such/file"])
def test_a_key_that_is_none_is_said(wrong: str) -> None:
    with pytest.raises(ConfigError, match="--to"):
        encrypt(b"", receivers(wrong))


def test_the_asset_sheet_and_the_work_done_are_told_without_money_and_people(
    centre: Centre,
) -> None:
    with centre.records.writing() as db:
        sheet = Asset(
            id="ct-2",
            name="CT",
            entered_at=T0,
            updated_at=T0,
            manufacturer="Siemens",
            serial="99-1234",
            software="VB30C",
            price_cents=123456789,
            note="bought from Mr. Ahmadi",
        )
        db.add(sheet)
        db.add(Component(asset=sheet, name="tube", serial="T-556677", installed_on="2024-05-01"))
        db.add(Component(asset=sheet, name="tube", serial="OLD-1", removed_on="2024-05-01"))
        order = WorkOrder(
            device="ct-2",
            kind="preventive",
            opened_by="plan",
            title="Yearly check",
            opened_at=T0,
            state="done",
            done_at=T0 + HOUR,
            result="Filter cleaned by Karim",
            assigned_to="Karim",
        )
        db.add(order)
        db.add(
            OrderItem(
                order=order, item="noise", text="Noise", unit="HU", high=6, value=7.5, within=False
            )
        )
    with centre.records.reading() as db:
        facts, notes = facts_of(db, "ct-2", None), notes_of(db, "ct-2", END)
    files = unzipped(centre.made(facts=facts, notes=notes).data)
    told = {fact["label"]: fact["value"] for fact in json.loads(files["facts.json"])["facts"]}
    assert told["Software"] == "VB30C"
    assert told["Component tube, serial"] == "T-556677"
    (note,) = rows(files, "maintenance.csv")
    assert (
        note["text"] == f"Yearly check. Filter cleaned by {REMOVED}. Noise 7.5 HU, accepted – to 6"
    )
    everything = b"".join(files.values())
    assert not any(word in everything for word in (b"Karim", b"Ahmadi", b"123456789", b"OLD-1"))
