"""Reports by schedule: each once, its files whole, told through the outbox with its files."""

import base64
import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlalchemy import select

from alerts.channels import Notification
from alerts.channels.apprise import AppriseSender
from alerts.notification.delivery import deliver_due
from core.errors import DeliveryError
from core.schema.site import ReportEntry, Site
from core.time.clock import MINUTE
from maintenance.reports import schedule
from maintenance.reports.schedule import make_due
from storage.records import Audit, Delivery, MadeReport
from tests.maintenance.cast import House, at
from tests.maintenance.reports.cast import watch

MONTH_END = at("2025-02-01 00:00")
ENTRY = ReportEntry(kind="uptime", formats=["html", "xlsx"], channels=["phone", "boss"])


class Phone:
    """A channel whose line can be cut."""

    def __init__(self) -> None:
        self.got: list[Notification] = []
        self.is_down = False

    def send(self, message: Notification) -> None:
        if self.is_down:
            raise DeliveryError("no line")
        self.got.append(message)


@pytest.fixture
def centre(house: House) -> House:
    """Watched for two days of January; the files are small and need no PDF."""
    watch(house, "2025-01-29 00:00", "2025-01-31 00:00")
    house.site = with_reports(house.site, ENTRY)
    return house


def with_reports(site: Site, *entries: ReportEntry) -> Site:
    return replace(site, file=site.file.model_copy(update={"reports": list(entries)}))


def make(house: House, now: int) -> list[str]:
    return [path.name for path in make_due(house.site, house.records, house.series, now)]


def rows(house: House) -> tuple[list[MadeReport], list[Delivery]]:
    with house.look() as db:
        return list(db.scalars(select(MadeReport))), list(db.scalars(select(Delivery)))


def test_a_report_is_made_when_its_month_is_over_and_only_once(centre: House) -> None:
    assert make(centre, MONTH_END - 1) == [], "December was not watched"
    names = ["test-uptime-2025-01-en.html", "test-uptime-2025-01-en.xlsx"]
    assert make(centre, MONTH_END) == names
    assert make(centre, MONTH_END + 10 * MINUTE) == []
    assert sorted(path.name for path in centre.site.reports_path.iterdir()) == names
    [report], deliveries = rows(centre)
    assert (report.kind, report.month, report.language) == ("uptime", "2025-01", "en")
    assert [one.channel for one in deliveries] == ["phone", "boss"]
    assert {one.report_id for one in deliveries} == {report.id}
    with centre.look() as db:
        written = [row for row in db.scalars(select(Audit)) if row.what == "reports"]
    assert [(row.who, row.action, row.at) for row in written] == [("reports", "insert", MONTH_END)]


def test_a_solar_month_is_over_when_the_solar_calendar_says_so(centre: House) -> None:
    solar = ENTRY.model_copy(update={"calendar": "solar", "language": "fa"})
    centre.site = with_reports(centre.site, solar)
    assert make(centre, at("2025-02-18 23:59")) == []
    names = [f"test-uptime-1403-11-fa.{form}" for form in ("html", "xlsx")]
    assert make(centre, at("2025-02-19 00:00")) == names


def test_a_site_that_begins_today_gets_no_report_of_the_month_before(house: House) -> None:
    house.site = with_reports(house.site, ENTRY)
    assert make(house, MONTH_END) == [], "nothing has been stored yet"
    watch(house, "2025-01-31 12:00", "2025-02-01 01:00")
    assert make(house, MONTH_END) == []
    assert rows(house) == ([], [])


@pytest.mark.servers  # as long as one
@pytest.mark.parametrize("dies_at", ["render", "whole_file", "MadeReport"])
def test_killed_at_any_step_it_is_made_once_and_told_once(
    dies_at: str, centre: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL would: nothing below catches it."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(schedule, dies_at, die)
        with pytest.raises(Killed):
            make(centre, MONTH_END)
    assert rows(centre) == ([], [])
    assert len(make(centre, MONTH_END + MINUTE)) == 2
    assert make(centre, MONTH_END + 2 * MINUTE) == []
    reports, deliveries = rows(centre)
    assert (len(reports), len(deliveries)) == (1, 2)
    assert len(list(centre.site.reports_path.iterdir())) == 2


def test_it_goes_out_with_its_headlines_and_files_when_the_line_is_back(centre: House) -> None:
    phone, boss = Phone(), Phone()
    phone.is_down = True
    make(centre, MONTH_END)
    senders = {"phone": phone, "boss": boss}
    assert deliver_due(centre.site, centre.records, senders, lambda: MONTH_END) == 1
    phone.is_down = False
    assert deliver_due(centre.site, centre.records, senders, lambda: MONTH_END + 5 * MINUTE) == 1
    [message] = phone.got
    assert message.title == "Uptime report: January 2025"
    assert "Availability: 100.0\u00a0% (Month before: insufficient data)" in message.body
    assert [path.suffix for path in message.files] == [".html", ".xlsx"]
    assert all(path.read_bytes() for path in message.files)
    assert [one.title for one in boss.got] == [message.title]


def test_a_file_that_somebody_removed_is_said_to_be_gone(centre: House) -> None:
    phone = Phone()
    make(centre, MONTH_END)
    (centre.site.reports_path / "test-uptime-2025-01-en.html").unlink()
    deliver_due(centre.site, centre.records, {"phone": phone}, lambda: MONTH_END)
    assert "test-uptime-2025-01-en.html is gone" in phone.got[0].body
    assert [path.suffix for path in phone.got[0].files] == [".xlsx"]


@pytest.mark.servers
def test_apprise_carries_the_files(centre: House) -> None:
    """By a webhook on this machine: the files arrive whole, beside the words."""
    got: list[bytes] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        make(centre, MONTH_END)
        sender = AppriseSender(f"json://127.0.0.1:{server.server_port}/")
        deliver_due(centre.site, centre.records, {"phone": sender}, lambda: MONTH_END)
    finally:
        server.shutdown()
        server.server_close()
    sent = json.loads(got[0])
    assert sent["title"] == "Uptime report: January 2025"
    names = [file["filename"] for file in sent["attachments"]]
    assert names == ["test-uptime-2025-01-en.html", "test-uptime-2025-01-en.xlsx"]
    for file in sent["attachments"]:
        path = centre.site.reports_path / file["filename"]
        assert base64.b64decode(file["base64"]) == path.read_bytes()
