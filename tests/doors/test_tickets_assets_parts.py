"""What one door refuses all refuse, with the same words: stock, asset sheets, labels, bundles, tickets."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import ConfigError, RefusedError
from dashboard.components.assets.sheet_import import UploadedSheet, preview_of
from dashboard.queries import assets as asset_queries
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.make import render
from maintenance.tickets import lifecycle as tickets
from storage.records import Ticket, Vendor
from storage.records import parts as part_rows
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.driving import choose, click, field, page
from tests.dashboard.sample_work import furnish, with_plans

FONT = re.compile(rb"base64,[\w+/=]+")  # it holds the second in which it was made
NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """CT-2 with a vendor, a contract, and two fans in stock."""
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    st.cache_data.clear()
    st.cache_resource.clear()
    centre = opened(path)
    centre.all_well(NOW)
    furnish(centre, NOW)
    yield centre
    st.cache_resource.clear()
    centre.series.close()
    centre.records.close()


def refused_by_command(centre: Centre, *words: str) -> RefusedError | ConfigError:
    result = CliRunner().invoke(cli, [*words, "--site", str(centre.path)])
    assert isinstance(result.exception, RefusedError | ConfigError), result.output
    return result.exception


def refused_by_page(test: AppTest) -> str:
    return test.error[0].value


def ticket_of(centre: Centre) -> int:
    with centre.change(NOW) as tx:
        return tickets.open_ticket(tx, "ct-2", "tube-service", "Tube arcs").id


def answer_by_page(number: int, text: str) -> AppTest:
    test = choose(page("ticket", ticket=number), "Kind of message", "in")
    field(test, "Message").set_value(text)
    return click(test, "Save", 1)


def state_of(centre: Centre, number: int) -> str:
    with centre.records.reading() as db:
        return db.get_one(Ticket, number).state


@pytest.mark.parametrize(
    ("kind", "quantity", "why"),
    [
        ("used", "1", "a part is used for a work order: say which"),
        ("scrapped", "7", "ct-fan: there are only 2"),
        ("received", "0", "how many must be a number above 0"),
    ],
)
def test_a_move_of_stock_is_refused_by_page_and_command(
    centre: Centre, kind: str, quantity: str, why: str
) -> None:
    assert str(refused_by_command(centre, "part", "move", "ct-fan", kind, quantity)) == why
    test = page("parts")
    field(test, "What happened").set_value(kind)
    field(test, "How many").set_value(quantity)
    assert why in refused_by_page(click(test, "Move"))
    with centre.records.reading() as db:
        assert part_rows.stock_by_part(db) == {"ct-fan": 2}


@pytest.mark.parametrize(
    ("sheet", "text"),
    [
        ("assets", "id,name,price,sirial\nct-2,CT-2,a lot,1\n,No id,1,\n"),
        ("vendors", "id,name,email\nmaker,The maker,nobody\n"),
    ],
)
def test_the_mistakes_of_a_file_are_the_same_by_page_and_command(
    centre: Centre, tmp_path: Path, sheet: str, text: str
) -> None:
    path = tmp_path / "sheets.csv"
    path.write_text(text)
    preview = preview_of(UploadedSheet(str(path), text.encode(), sheet))
    error = refused_by_command(centre, "asset", "import", str(path), "--sheet", sheet)
    assert isinstance(error, ConfigError)
    assert preview.mistakes
    assert preview.mistakes == error.mistakes


def test_what_is_no_e_mail_address_is_none_for_a_page_a_form_and_a_file(
    centre: Centre, tmp_path: Path
) -> None:
    why = "'nobody' is no e-mail address"
    path = tmp_path / "vendors.csv"
    path.write_text("id,name,email\nmaker,The maker,nobody\n")
    command = refused_by_command(centre, "asset", "import", str(path), "--sheet", "vendors")
    assert isinstance(command, ConfigError)
    assert [mistake.text for mistake in command.mistakes] == [why]
    test = page("tickets")
    for key, text in (("Name", "The maker"), ("Short name, as siemens-service", "maker")):
        field(test, key).set_value(text)
    field(test, "E-mail for tickets").set_value("nobody")
    assert why in refused_by_page(click(test, "Add a vendor"))
    test = page("assets")
    for title, text in (("first", "maker"), ("name", "The maker"), ("email", "nobody")):
        test.text_input(f"vendor-by-hand-0-{title}").set_value(text)
    form = next(b for b in test.button if b.proto.form_id.startswith("vendor-by-hand"))
    assert why in refused_by_page(form.click().run())
    with centre.records.reading() as db:
        assert db.get(Vendor, "maker") is None


@pytest.mark.parametrize(
    ("device", "skip", "why"),
    [
        ("ct-9", 0, "there is no device 'ct-9' (did you mean 'ct-2'?)"),
        ("ct-2", 24, "'24' is not a whole number from 0 to 23"),
    ],
)
def test_labels_are_refused_by_page_and_command(
    centre: Centre, tmp_path: Path, device: str, skip: int, why: str
) -> None:
    words = ("asset", "label", device, "--skip", str(skip), "-o", str(tmp_path / "labels.pdf"))
    assert str(refused_by_command(centre, *words)) == why
    with pytest.raises(RefusedError) as caught:
        asset_queries.labels_pdf([device], "", skip)
    assert str(caught.value) == why


def test_a_bundle_of_a_device_that_is_gone_is_refused_by_page_and_command(
    centre: Centre, tmp_path: Path
) -> None:
    number = ticket_of(centre)
    with centre.change(NOW) as tx:
        tickets.find(tx.db, number).device = "ct-9"
    why = "there is no device 'ct-9' (did you mean 'ct-2'?)"
    output = str(tmp_path / "ct-9.zip")
    assert str(refused_by_command(centre, "bundle", "ct-9", "-o", output)) == why
    assert why in refused_by_page(click(page("ticket", ticket=number), "Diagnostics bundle"))


def test_a_bundle_for_a_ticket_that_is_not_there_is_refused_as_a_message_to_it_is(
    centre: Centre, tmp_path: Path
) -> None:
    words = ("bundle", "ct-2", "--ticket", "99", "-o", str(tmp_path / "x.zip"))
    with pytest.raises(RefusedError) as caught, centre.change(NOW) as tx:
        tickets.write(tx, 99, "Please come", "out")
    assert str(refused_by_command(centre, *words)) == str(caught.value) == "there is no ticket 99"


def test_an_answer_acknowledges_a_ticket_by_page_and_by_mail_and_an_empty_one_is_refused(
    centre: Centre,
) -> None:
    by_page, by_mail = ticket_of(centre), ticket_of(centre)
    for number in (by_page, by_mail):
        test = page("ticket", ticket=number)
        field(test, "Message").set_value("Please come.")
        click(test, "Save, to be sent by hand")
        assert state_of(centre, number) == "to_send"
    why = "the message is empty"
    assert why in refused_by_page(answer_by_page(by_page, " "))
    with pytest.raises(RefusedError, match=why), centre.change(NOW) as tx:
        tickets.receive_mail(tx, by_mail, " ", "<1@x>", is_automatic=False)
    answer_by_page(by_page, "We come on Monday.")
    with centre.change(NOW, "help@vendor.invalid") as tx:
        tickets.receive_mail(tx, by_mail, "We come on Monday.", "<1@x>", is_automatic=False)
    assert [state_of(centre, number) for number in (by_page, by_mail)] == ["acknowledged"] * 2


def test_a_report_is_the_same_by_page_and_command(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.report.now", lambda: NOW)
    monkeypatch.setattr(stores, "now", lambda: NOW)
    month = report_queries.months(NOW)[1]
    output = tmp_path / "uptime.html"
    words = ["report", "uptime", "--month", str(month), "-o", str(output)]
    result = CliRunner().invoke(cli, [*words, "--site", str(centre.path)])
    assert result.exit_code == 0, result.output
    report, locale = report_queries.report("uptime", month, "en")
    pages = [render(report, locale, "html"), output.read_bytes()]
    assert len({FONT.sub(b"", page) for page in pages}) == 1
