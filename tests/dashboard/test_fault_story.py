"""A fault from the technician's telephone to the engineer and back, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from dashboard.queries import stores
from maintenance.work_orders.fault_photos import SIDE
from storage.files import attachments
from storage.records import FaultReport, File
from storage.records import work_orders as order_rows
from storage.records.base import all_rows
from tests.dashboard.centre import PROFILES, Centre, build
from tests.dashboard.conftest import Served
from tests.dashboard.people import SARA, signed_in_page
from tests.maintenance.work_orders.test_fault_photos import with_exif
from tests.storage.files.test_thumbnails import opened

PATIENT = 90_000  # ms: a machine that does other work draws late
PHONE = ViewportSize(width=390, height=844)
USUAL = """usual_faults:
  - {en: Table does not move, fa: میز حرکت نمی‌کند}
  - {en: "Scan does not start, or stops", fa: اسکن شروع نمی‌شود یا قطع می‌شود}
  - {en: Error message on the screen, fa: پیام خطا روی صفحه}
"""


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build(tmp_path)
    own = path.parent / "profiles" / "tube.yaml"
    own.write_text(PROFILES["tube"] + USUAL, encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def complaints() -> list[str]:
    """What the technician's browser complained of."""
    return []


@pytest.fixture
def telephone(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """The technician's: no cookie, no account."""
    page = browser.new_page(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page.set_default_timeout(PATIENT)
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()


def fits(page: Page) -> bool:
    """Nothing stands beyond the edge of the telephone."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return bool(width <= PHONE["width"])


def report_by(telephone: Page, url: str) -> None:
    """The way of a technician: a chip, a photo, a number, and Send pressed twice."""
    telephone.goto(f"{url}/fault/ct-2")
    telephone.get_by_label("Table does not move").check()
    telephone.get_by_label("cannot be used").check()
    telephone.get_by_label("Your phone number").fill("۰۷۹۹ ۱۲۳ ۴۵۶")
    photo = with_exif((3000, 2000))
    chosen = FilePayload(name="IMG_0001.JPG", mimeType="image/jpeg", buffer=photo)
    telephone.locator("#photo").set_input_files(chosen)
    expect(telephone.locator("canvas")).to_be_visible()
    size = telephone.locator("#photo").evaluate("input => input.files[0].size")
    assert size < len(photo), "made small in the telephone"
    assert fits(telephone)
    telephone.get_by_role("button", name="Send").dblclick()
    telephone.wait_for_url(re.compile(r"/fault/state/"))


def test_a_fault_goes_from_a_telephone_to_the_engineer_and_back(
    centre: Centre, served: Served, browser: Browser, telephone: Page, complaints: list[str]
) -> None:
    report_by(telephone, served.url)
    expect(telephone.locator(".done")).to_contain_text("This is work order 1")
    assert fits(telephone)
    with centre.records.reading() as db:
        [order], [report] = order_rows.orders(db), all_rows(db, FaultReport)
        [file] = all_rows(db, File)
    assert (order.title, report.phone, report.photo_id) == ("Table does not move", "۰۷۹۹ ۱۲۳ ۴۵۶", file.id)  # fmt: skip
    photo = opened(attachments.read(centre.site.file.storage.folder, file.sha256))
    assert (photo.height, photo.width < SIDE, dict(photo.getexif())) == (SIDE, True, {}), "upright"

    page = signed_in_page(browser, served, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENT)
    page.goto(f"{served.url}/order?order=1")
    expect(page.locator("a[href='tel:0799123456']")).to_have_text("۰۷۹۹ ۱۲۳ ۴۵۶", timeout=PATIENT)
    picture = page.get_by_test_id("stImage").locator("img")
    expect(picture).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".sw-heading")).to_contain_text("In work", timeout=PATIENT)
    telephone.reload()
    expect(telephone.locator("ul")).to_contain_text(f"Seen by {SARA}", timeout=PATIENT)
    page.get_by_role("textbox", name="What was found and done").fill("Belt changed")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator(".sw-heading")).to_contain_text("Done", timeout=PATIENT)
    page.close()
    telephone.get_by_role("link", name="Look again").click()
    expect(telephone.locator(".done")).to_have_text("Done")
    assert complaints == []
