"""The form at the machine opens on the site's own network only; elsewhere it says so in words."""

from urllib.parse import urlencode

import pytest

from dashboard.http import fault_lock
from dashboard.http.proxy_headers import UNKNOWN_SENDER
from dashboard.queries import stores
from storage.records import work_orders as order_rows
from tests.dashboard.centre import Centre
from tests.dashboard.http.test_fault_form import GOOD, ask

BODY = urlencode(GOOD).encode()


pytestmark = pytest.mark.usefixtures("centre")


@pytest.fixture(autouse=True)
def _nobody_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_lock, "_refused", set())


@pytest.mark.parametrize(
    "client", ["203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9", "", "unix:"]
)
def test_who_comes_from_elsewhere_is_told_where_it_opens(
    centre: Centre, client: str, caplog: pytest.LogCaptureFixture
) -> None:
    for body in (None, BODY, BODY):
        reply = ask("/fault/ct-2", body, client=client)
        assert (reply.status, "own network only" in reply.text) == (403, True)
        assert "CT-2" not in reply.text
    assert ask("/fault/none", client=client).status == 403, "nor which devices there are"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    with centre.records.reading() as db:
        assert order_rows.orders(db) == []


@pytest.mark.parametrize("client", ["127.0.0.1", "192.168.1.20", "fd00::7", "fe80::1%wlan0"])
def test_who_is_on_the_network_of_the_site_reports(client: str) -> None:
    assert ask("/fault/ct-2", client=client).status == 200
    assert ask("/fault/ct-2", BODY, client=client).status == 303


def test_the_site_file_names_the_networks(centre: Centre) -> None:
    text = centre.path.read_text(encoding="utf-8")
    centre.path.write_text(
        f"{text}\nhttp: {{fault_form_from: [203.0.113.0/24]}}\n", encoding="utf-8"
    )
    stores.site.clear()
    assert ask("/fault/ct-2", client="203.0.113.9").status == 200
    assert ask("/fault/ct-2", client="127.0.0.1").status == 403


def test_what_a_proxy_brings_that_the_site_file_does_not_name_comes_from_anywhere() -> None:
    assert ask("/fault/ct-2", **{UNKNOWN_SENDER: True}).status == 403  # type: ignore[arg-type]
    assert ask("/fault/ct-2", **{UNKNOWN_SENDER: False}).status == 200  # type: ignore[arg-type]


def test_the_state_of_a_report_is_seen_by_its_link_from_anywhere() -> None:
    where = ask("/fault/ct-2", BODY).headers["location"]
    assert "work order 1" in ask(f"/fault/{where}", client="203.0.113.9").text
