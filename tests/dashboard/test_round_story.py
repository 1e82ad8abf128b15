"""A round of forty numbers on a technician's phone, in Dari, with the network cut in the middle."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, ViewportSize, expect

from alerts.evaluation.engine import AlertEngine
from collectors.manual.parse import parse
from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.queries import stores
from storage.files import attachments
from storage.records import Alert, File, ManualReading, RoundEntry
from storage.records.base import all_rows
from storage.series import SeriesReader
from tests.dashboard.centre import Centre, build
from tests.dashboard.conftest import Served
from tests.dashboard.people import session_cookie, signed_in_page
from tests.maintenance.work_orders.test_fault_photos import with_exif
from tests.storage.files.test_thumbnails import opened as picture

PATIENT = 90_000  # ms: a machine that does other work draws late
PHONE = ViewportSize(width=390, height=844)
DEVICES, EACH = 4, 10
NUMBERS = "".join(
    f"  p{number}_kpa: {{title: Pressure {number}, unit: kPa, plausible: [0, 900], where: dial {number}}}\n"
    for number in range(EACH)
)
PANEL = f"""
title: A panel
metrics:
{NUMBERS}rules:
  - {{id: pressure_high, title: The pressure is high, metric: p3_kpa, above: 30, severity: error, basis: engineering}}
"""
MADE = "JSON.parse(document.getElementById('round').textContent).now"
DARI = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build(tmp_path)
    (tmp_path / "profiles" / "panel.yaml").write_text(PANEL, encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("zone:", "language: fa\nzone:")
    for number in range(DEVICES):
        text += f"  - {{id: pump-{number}, name: Pump {number}, profile: panel, room: Room {number // 2}}}\n"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def phone(browser: Browser, served: Served, complaints: list[str]) -> Iterator[Page]:
    page = signed_in_page(browser, served, viewport=PHONE, is_mobile=True, has_touch=True)
    page.set_default_timeout(PATIENT)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()


def boxes(page: Page, device: int) -> list[Locator]:
    return page.locator(f"section[data-device=pump-{device}] .line input[type=text]").all()


def fill(page: Page, device: int, numbers: range, value: str = "22.5") -> None:
    """As it is typed: one after the other, in the digits of the keyboard."""
    for number in numbers:
        boxes(page, device)[number].fill(value.translate(DARI))
        boxes(page, device)[number].blur()


def counted(count: int, words: str) -> re.Pattern[str]:
    """A count in the digits of either script, and what is counted."""
    return re.compile(f"\u2068?({count}|{str(count).translate(DARI)})\u2069? {words}")


def line_of(page: Page, device: int, number: int) -> Locator:
    return page.locator(f"section[data-device=pump-{device}] .line").nth(number)


def be(phone: Page, served: Served, cookie: str) -> None:
    """The phone's browser is whose cookie it is from now on."""
    name, _, value = cookie.partition("=")
    phone.context.add_cookies([{"name": name, "value": value, "url": served.url}])
    phone.evaluate("dispatchEvent(new Event('online'))")


def signed_out_and_in(centre: Centre, phone: Page, served: Served) -> None:
    """The session ends; what is typed then waits for who typed it, not for whoever signs in."""
    kept = phone.locator("#kept")
    phone.context.clear_cookies()
    fill(phone, 3, range(EACH - 1, EACH))
    expect(kept.get_by_role("link")).to_have_attribute("href", "login?next=%2Fround")
    with phone.expect_response("**/round/state"):
        be(phone, served, session_cookie(centre, "technician"))
    expect(kept.get_by_role("link")).to_have_count(0)
    expect(kept).to_contain_text(counted(1, "اینجا مانده، فرستاده نشده"))
    be(phone, served, served.cookie)
    expect(kept).to_have_text("همه فرستاده شد")


def full_phone(browser: Browser, served: Served) -> None:
    """A phone that has no room says so, and loses nothing while its page is open."""
    page = signed_in_page(browser, served)
    page.add_init_script("indexedDB.open = () => { throw new Error('no room'); }")
    page.goto(f"{served.url}/round?all=1")
    page.context.set_offline(True)
    fill(page, 0, range(1), "22.6")
    expect(page.locator("#kept")).to_contain_text("این تیلفون جا ندارد")
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_have_text("همه فرستاده شد")
    page.close()


def readings(centre: Centre) -> list[ManualReading]:
    with centre.records.reading() as db:
        return all_rows(db, ManualReading)


def alerts_after(centre: Centre) -> list[Alert]:
    """The collector stores what was entered, and the engine judges it."""
    centre.series.append([parse(centre.site, readings(centre))])
    engine = AlertEngine(centre.site, SeriesReader(centre.site.series_path), centre.records)
    while engine.step():
        pass
    with centre.records.reading() as db:
        return [alert for alert in all_rows(db, Alert) if alert.device.startswith("pump")]


def test_a_round_of_forty_numbers_with_the_network_cut_arrives_whole_and_once(
    centre: Centre, served: Served, browser: Browser, phone: Page, complaints: list[str]
) -> None:
    began = time.time_ns() // 1_000_000
    for day in range(1, 5):
        centre.hear(Reading("pump-2", "p5_kpa", 22.4 + day / 10, began - day * DAY))
    phone.goto(f"{served.url}/round?all=1")
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    expect(phone.locator("h2").first).to_have_text("CT room")
    fill(phone, 0, range(EACH))
    kept = phone.locator("#kept")
    expect(kept).to_have_text("همه فرستاده شد")
    assert len(readings(centre)) == EACH

    # The answer to the next is lost on its way: the server has it, the phone does not know.
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.route("**/round/entries", lose, times=1)
    with phone.expect_event("requestfailed"):
        fill(phone, 1, range(1))
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(line_of(phone, 1, 0).locator(".state")).to_contain_text("فرستاده شد")
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    cut = time.time_ns() // 1_000_000
    phone.context.set_offline(True)
    fill(phone, 1, range(1, EACH))
    fill(phone, 2, range(5))
    expect(kept).to_contain_text(counted(14, "اینجا مانده، فرستاده نشده"))
    wrong = line_of(phone, 2, 5)  # was 22.5 to 22.8
    fill(phone, 2, range(5, 6), "225")
    expect(wrong.locator(".state")).to_contain_text("آیا اعشار در جای خود است؟")
    fill(phone, 2, range(5, 6), "22,5 kPa")
    expect(wrong.locator(".state")).to_contain_text("بدون واحد")
    expect(kept).to_contain_text(counted(14, "اینجا مانده"))
    fill(phone, 2, range(5, 6), "22.5")
    fill(phone, 2, range(3, 4), "31.5")  # it was 22.5: typed anew, and beyond its limit
    expect(line_of(phone, 2, 3).locator(".state")).to_contain_text("بیرون از")
    expect(phone.locator("#outside li")).to_contain_text("به انجنیر زنگ بزنید")
    photo = FilePayload(name="P.JPG", mimeType="image/jpeg", buffer=with_exif((3000, 2000)))
    section = phone.locator("section[data-device=pump-2]")
    section.locator("input[type=file]").set_input_files(photo)
    expect(section.locator("> .state")).to_contain_text("فرستاده نشده")
    assert len(readings(centre)) == EACH + 1

    phone.reload()
    assert phone.evaluate(MADE) <= cut, "by the worker, from the phone"
    expect(kept).to_contain_text(counted(16, "اینجا مانده، فرستاده نشده"))
    expect(boxes(phone, 1)[9]).to_have_value("۲۲٫۵")
    fill(phone, 2, range(6, EACH))
    phone.context.set_offline(False)
    expect(kept).to_have_text("همه فرستاده شد")
    fill(phone, 3, range(EACH - 1))
    expect(kept).to_have_text("همه فرستاده شد")
    signed_out_and_in(centre, phone, served)
    expect(phone.locator("#progress")).to_contain_text(counted(40, "از"))
    expect(phone.locator("#outside li")).to_contain_text("هشدار خودش فرستاده می‌شود")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    ended = time.time_ns() // 1_000_000
    rows = readings(centre)
    assert len({(row.device, row.metric) for row in rows}) == len(rows) == DEVICES * EACH
    assert all(began - MINUTE <= row.at <= ended and row.value in (22.5, 31.5) for row in rows)
    with centre.records.reading() as db:
        [file] = all_rows(db, File)
        assert [row.file_id for row in all_rows(db, RoundEntry) if row.file_id] == [file.id]
    small = picture(attachments.read(centre.site.file.storage.folder, file.sha256))
    assert (max(small.size), dict(small.getexif())) == (1600, {})
    [alert] = alerts_after(centre)
    assert (alert.device, alert.metric, alert.value, alert.state) == ("pump-2", "p3_kpa", 31.5, "firing")  # fmt: skip
    assert alert.began_at < began + HOUR
    full_phone(browser, served)
    assert [row.value for row in readings(centre)[DEVICES * EACH :]] == [22.6]
    assert complaints == []
