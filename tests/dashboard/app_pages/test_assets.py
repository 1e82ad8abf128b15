"""The pages of the asset sheets, driven without a browser: what is typed is what the records hold."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.readings import Reading
from core.time.clock import DAY, from_ms
from dashboard.queries import stores
from maintenance.assets.register import revise
from maintenance.work_orders.attachments import attach
from storage.records import Asset, Audit, Component, Vendor
from storage.records import assets as asset_rows
from storage.records import base as table_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import field, fill, page, save, screen, whole
from tests.dashboard.people import SARA
from tests.dashboard.sample_work import asset_of, set_up

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


def names(test: AppTest) -> list[str]:
    links: Any = test.get("page_link")
    return [one.proto.label for one in links if "device=" in one.proto.query_string]


def day(left: int) -> str:
    return from_ms(time.time_ns() // 1_000_000 + left * DAY, stores.site().zone).date().isoformat()


# The list


def test_every_device_is_listed_whether_its_sheet_is_begun_or_not(centre: Centre) -> None:
    assert names(page("assets")) == ["CT-2", "MR-1 \\<b\\>one\\</b\\>", "Spare", "UPS"]


def test_the_list_is_searched_by_any_word_of_the_sheet(centre: Centre) -> None:
    set_up(centre, NOW, manufacturer="Siemens", serial="X-99", software="VA48A")
    for words in ("siemens va48", "x-99", "CT room"):
        test = page("assets")
        field(test, "Name, maker, serial number, room").set_value(words)
        assert names(whole(test.run())) == ["CT-2"], words
    field(test, "Name, maker, serial number, room").set_value("nothing such")
    assert "No device fits" in screen(whole(test.run()))


def test_the_list_is_filtered_by_the_kind_of_device(centre: Centre, tmp_path: Path) -> None:
    profile = tmp_path / "profiles" / "tube.yaml"
    profile.write_text(profile.read_text() + "kind: ct\n")
    test = page("assets")
    chosen = field(test, "Kind of device")
    assert chosen.options == ["Every kind", "CT", "Other"]
    chosen.set_value("ct")
    assert names(whole(test.run())) == ["CT-2", "Spare"]


@pytest.mark.parametrize(
    ("left", "said"),
    [(12, "Warranty ends in 12 days"), (0, "Warranty ends in 0 days"), (-3, "Warranty ended")],
)
def test_a_warranty_that_ends_is_said(centre: Centre, left: int, said: str) -> None:
    set_up(centre, NOW, warranty_until=day(left))
    assert said in screen(page("assets"))
    assert said in screen(page("asset", device="ct-2"))


def test_only_what_ends_soon_can_be_asked_for(centre: Centre) -> None:
    test = page("assets")
    assert names(whole(test.checkbox[0].check().run())) == []
    set_up(centre, NOW, warranty_until=day(30))
    assert names(whole(test.run())) == ["CT-2"]


# One sheet


def test_the_device_and_its_sheet_lead_to_each_other(centre: Centre) -> None:
    links: Any = page("device", device="ct-2").get("page_link")
    assert ("asset", "device=ct-2") in [(one.proto.page, one.proto.query_string) for one in links]
    links = page("asset", device="ct-2").get("page_link")
    assert ("device", "device=ct-2") in [(one.proto.page, one.proto.query_string) for one in links]


def test_a_sheet_that_nobody_began_says_so_and_what_is_missing(centre: Centre) -> None:
    shown = screen(page("asset", device="mr-1"))
    assert "has not been begun" in shown
    assert "Still missing: Code in the nomenclature, Maker, Supplier" in shown
    with centre.records.reading() as db:
        assert db.get(Asset, "mr-1") is None, "looking writes nothing"


def test_the_sheet_is_changed_by_a_form_and_says_who_and_when(centre: Centre) -> None:
    test = page("asset", device="mr-1")
    fill(test, "asset-mr-1-0-manufacturer", "Siemens Healthineers")
    fill(test, "asset-mr-1-0-price", "850000.50")
    fill(test, "asset-mr-1-0-supplier", "tube-service")
    fill(test, "asset-mr-1-0-nomenclature", "EMDN")
    fill(test, "asset-mr-1-0-purchased", from_ms(NOW, centre.site.zone).date())
    shown = screen(save(test, "asset-mr-1"))
    sheet = asset_of(centre, "mr-1")
    assert (sheet.manufacturer, sheet.price_cents, sheet.supplier_id) == (
        "Siemens Healthineers",
        85000050,
        "tube-service",
    )
    assert (sheet.nomenclature, sheet.purchased_on, sheet.serial) == ("EMDN", day(0), "4711")
    assert "Tube Service" in shown
    assert "The sheet was begun" in shown
    assert "Maker: Siemens Healthineers" in shown
    assert f'<span class="sw-hint">{SARA}</span>' in shown
    with centre.records.reading() as db:
        last = table_rows.all_rows(db, Audit)[-1]
    assert (last.what, last.row_id, last.who) == ("assets", "mr-1", SARA)


def test_every_wrong_field_is_named_and_what_was_typed_stays(centre: Centre) -> None:
    test = page("asset", device="ct-2")
    fill(test, "asset-ct-2-0-price", "a lot")
    fill(test, "asset-ct-2-0-criticality", "11")
    test = save(test, "asset-ct-2")
    said = test.error[0].value
    assert "'a lot' is not a number" in said
    assert "Criticality, 1 to 10: '11' is not a whole number from 1 to 10" in said
    assert [one.value for one in test.text_input if one.key == "asset-ct-2-0-price"] == ["a lot"]
    assert asset_of(centre, "ct-2").price_cents is None


def test_two_people_change_the_same_sheet_and_each_keeps_what_the_other_wrote(
    centre: Centre,
) -> None:
    test = page("asset", device="ct-2")
    fill(test, "asset-ct-2-0-software", "VA48A")
    set_up(centre, NOW, location="Room 7")
    save(test, "asset-ct-2")
    sheet = asset_of(centre, "ct-2")
    assert (sheet.software, sheet.location) == ("VA48A", "Room 7")


def test_an_emptied_field_is_cleared(centre: Centre) -> None:
    set_up(centre, NOW, serial="X-1", warranty_until=day(5))
    test = page("asset", device="ct-2")
    fill(test, "asset-ct-2-0-serial", "")
    fill(test, "asset-ct-2-0-warranty_until", None)
    save(test, "asset-ct-2")
    sheet = asset_of(centre, "ct-2")
    assert (sheet.serial, sheet.warranty_until) == ("", "")


def test_the_condition_is_changed(centre: Centre) -> None:
    test = page("asset", device="spare")
    field(test, "Condition").set_value("retired")
    test = save(test, "condition-spare")
    assert asset_of(centre, "spare").condition == "retired"
    assert "Retired" in screen(test)
    assert names(page("assets"))[-1] == "Spare", "what is retired stands last"


def test_a_component_is_added_and_gets_its_counter(centre: Centre) -> None:
    centre.hear(Reading("ct-2", "scan_count", 51_500, NOW))
    test = page("asset", device="ct-2")
    form = "component-new-ct-2-0"
    fill(test, f"{form}-first", "tube")
    for title, text in (
        ("serial", "T-9"), ("counter", "scan_count"), ("counter_at_install", "1500"),
        ("life_count", "200000"),
    ):  # fmt: skip
        fill(test, f"{form}-{title}", text)
    shown = screen(save(test, form))
    assert "serial T-9" in shown
    assert "scan_count: 50\u202f000 of 200\u202f000" in shown
    [tube] = asset_of(centre, "ct-2").components
    assert (tube.serial, tube.counter_at_install) == ("T-9", 1500)


def test_a_component_is_taken_out_and_another_with_its_serial_refused(centre: Centre) -> None:
    for serial in ("T-9", "T-10"):
        with centre.change(NOW) as tx:
            revise(tx, "components", (), {"asset": "ct-2", "name": "tube", "serial": serial})
    test = page("asset", device="ct-2")
    fill(test, "component-1-0-serial", "T-10")
    test = save(test, "component-1-0")
    assert "Serial number: is there already" in test.error[0].value
    fill(test, "component-1-0-serial", "T-9")
    fill(test, "component-1-0-removed", from_ms(NOW, centre.site.zone).date())
    save(test, "component-1-0")
    with centre.records.reading() as db:
        tubes = [(one.serial, one.removed_on) for one in table_rows.all_rows(db, Component)]
    assert tubes == [("T-9", day(0)), ("T-10", "")]


def test_documents_are_kept_with_the_device(centre: Centre) -> None:
    with centre.change(NOW) as tx:
        attach(tx, "asset", "ct-2", "manual.pdf", "application/pdf", b"%PDF")
    buttons: Any = page("asset", device="ct-2").get("download_button")
    assert "manual.pdf (1 kB)" in [one.proto.label for one in buttons]


def test_the_contract_and_what_service_cost_are_shown(centre: Centre) -> None:
    set_up(centre, NOW, price_cents=100_000_00)
    with centre.records.writing("test", NOW) as db:
        asset_rows.contracts(db)[0].cost_cents = 5_000_00
    shown = screen(page("asset", device="ct-2"))
    assert "C-7" in shown
    assert "answer in 4 covered hours · solution in 48 covered hours" in shown
    assert "% of the purchase price a year" in shown


def test_a_device_that_nobody_knows_is_said_to_be_unknown(centre: Centre) -> None:
    assert "There is no device ct-9" in page("asset", device="ct-9").error[0].value


# New ones, contracts, vendors


def test_a_device_that_nothing_watches_gets_a_sheet(centre: Centre) -> None:
    test = page("assets")
    fill(test, "asset-new-0-first", "Theatre lamp")
    test = save(test, "asset-new")
    assert "Short name, as ct-2: is required" in test.error[0].value
    fill(test, "asset-new-0-id", "lamp-1")
    test = save(test, "asset-new")
    assert "Theatre lamp" in names(test)
    assert asset_of(centre, "lamp-1").name == "Theatre lamp"


def test_a_vendor_and_a_contract_are_made_and_changed(centre: Centre) -> None:
    test = page("assets")
    fill(test, "vendor-by-hand-0-first", "chiller-house")
    fill(test, "vendor-by-hand-0-name", "Chiller house")
    test = save(test, "vendor-by-hand")
    fill(test, "contract-new-0-first", "K-1")
    fill(test, "contract-new-0-vendor", "chiller-house")
    fill(test, "contract-new-0-starts", from_ms(NOW, centre.site.zone).date())
    fill(test, "contract-new-0-ends", from_ms(NOW + 300 * DAY, centre.site.zone).date())
    test.multiselect(key="contract-new-0-days").set_value(["sun", "mon"])
    test = save(test, "contract-new")
    fill(test, "contract-K-1-0-response_h", "8")
    save(test, "contract-K-1")
    with centre.records.reading() as db:
        made = next(one for one in asset_rows.contracts(db) if one.number == "K-1")
        assert db.get_one(Vendor, "chiller-house").name == "Chiller house"
    assert (made.days, made.response_h, made.ends_on) == (["mon", "sun"], 8, day(300))


# When something is wrong


def test_without_records_the_pages_stand_and_say_so(centre: Centre, tmp_path: Path) -> None:
    centre.records.close()
    for path in (tmp_path / "var").glob("records.db*"):
        path.unlink()
    for name in ("assets", "asset"):
        assert "cannot be read now" in page(name, device="ct-2").error[0].value, name
