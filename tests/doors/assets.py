"""Asset sheets, and parts in stock."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.components.assets import asset_forms, record_form, sheet_import
from dashboard.components.assets.sheet_import import Preview, UploadedSheet
from dashboard.queries import identity
from maintenance.assets import register
from maintenance.parts import stock
from tests.dashboard.driving import click, field, page
from tests.dashboard.people import SARA_HERSELF
from tests.doors.table import Action, Door, Visit, an_order, on_page

PAGE = "dashboard.components.assets"
WRONG = b"id,name,email\nmaker,The maker,nobody\n"
UPLOAD = UploadedSheet("vendors.csv", WRONG, "vendors")


def import_by_command(visit: Visit) -> None:
    path = Path(visit.centre.path.with_name("vendors.csv"))
    path.write_bytes(WRONG)
    visit.command("asset", "import", path, "--sheet", "vendors")


def parts_page() -> AppTest:
    """As it was drawn for who may do everything: what one may not is grey, and cannot be pressed."""
    before, identity.here = identity.here, lambda: SARA_HERSELF
    try:
        return page("parts")
    finally:
        identity.here = before


def move_on_page(visit: Visit) -> None:
    test = parts_page()
    field(test, "What happened").set_value("used")
    field(test, "How many").set_value("3")
    field(test, "For which order").set_value(visit.about)
    on_page(click(test, "Move"))


def add_on_page(_visit: Visit) -> None:
    test = parts_page()
    field(test, "Name").set_value("Gantry fan")
    field(test, "Short name, as ct-tube").set_value("ct-fan")
    on_page(click(test, "New part"), nth_grey=-1)


ACTIONS = [
    Action(
        "import a sheet",
        register.import_file,
        "'nobody' is no e-mail address",
        [
            Door(
                f"{PAGE}.sheet_import:_imported",
                lambda _: sheet_import._imported(Preview(UPLOAD, (), ())),
            ),
            Door("app.cli.maintenance:asset_import", import_by_command),
        ],
    ),
    Action(
        "import a file",
        register.import_path,
        "'nobody' is no e-mail address",
        [Door("app.cli.maintenance:asset_import", import_by_command)],
    ),
    Action(
        "look at what a sheet would change",
        register.preview,
        "",
        [Door(f"{PAGE}.sheet_import:preview_of", lambda _: sheet_import.preview_of(UPLOAD))],
    ),
    Action(
        "revise an asset",
        register.revise,
        "'broken' is none of working, limited, down, not_in_use, retired",
        [
            Door(
                f"{PAGE}.asset_forms:_changed",
                lambda _: asset_forms._changed("ct-2", "broken"),  # type: ignore[arg-type]
            ),
            Door(
                f"{PAGE}.record_form:_saved",
                lambda _: record_form._saved("assets", ("ct-2",), {"condition": "broken"}),
            ),
        ],
    ),
    Action(
        "move a part",
        stock.move,
        "ct-fan: there are only 2",
        [
            Door("dashboard.app_pages.parts:moved", move_on_page),
            Door(
                "app.cli.maintenance:part_move",
                lambda v: v.command("part", "move", "ct-fan", "used", "3", "--order", v.about),
            ),
        ],
        an_order,
    ),
    Action(
        "add a part",
        stock.add_part,
        "there is a part 'ct-fan' already",
        [Door("dashboard.app_pages.parts:added", add_on_page)],
    ),
]
