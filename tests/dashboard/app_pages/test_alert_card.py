"""The card of an alert: made for all open alerts at once, and on the pages of its device, order and ticket."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import unquote

import pytest

from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE
from dashboard import i18n
from dashboard.components.shared.alert_card import alert_card, spark, spark_svg, why_words
from dashboard.i18n import catalogue
from dashboard.queries import alert_card as card_queries
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.views.alert_card import AlertCard, span_of
from maintenance.tickets import lifecycle as tickets
from maintenance.work_orders.opening import open_for_alert
from storage.records import Alert, Vendor
from tests.dashboard import driving
from tests.dashboard.centre import Centre, open_and_well, verdict
from tests.dashboard.driving import page

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(site_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """All is well but what a test says; its now stands still."""
    monkeypatch.setattr(stores, "now", lambda: NOW)
    with open_and_well(site_path, NOW) as centre:
        yield centre


def screen(test: Any) -> str:
    shown = driving.screen(test).replace(fmt.PAGE.before_unit, " ")
    return shown.replace("<bdi>", "").replace("</bdi>", "")


def helium(centre: Centre, began_at: int = NOW - 3 * HOUR) -> AlertCard:
    centre.alert("mr-1", "helium_low", began_at)
    return card_queries.open_cards()[1]


def words(card: AlertCard) -> list[str]:
    return [text.replace("\u202f", " ") for text in why_words(card, NOW, stores.site())]


def links(test: Any) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in test.get("page_link")}


def test_a_leak_says_was_expected_and_reaches(centre: Centre) -> None:
    for day in (20, 1):  # when it fired, and now
        centre.conclude(
            verdict(
                NOW - day * DAY - HOUR, kind="anomaly", alarm=True, value=80.0 - 0.2 * day,
                carried_by=["rate"], limit=60.0, limit_at=NOW + 3 * day * DAY,
                limit_at_low=NOW + 2 * day * DAY, limit_at_high=NOW + 9 * day * DAY,
            )
        )  # fmt: skip
    centre.alert("mr-1", "helium_leak", NOW - 19 * DAY)
    [card] = card_queries.open_cards().values()
    first, soon = words(card)
    assert first == "Was 76 %, expected 81.6 % (81 % to 82.2 %)", "as it was when it fired"
    site = stores.site()
    at, low, high = (fmt.near_date(NOW + n * DAY, NOW, site) for n in (3, 2, 9))
    assert soon == f"Reaches 60 % on {at} ({low} to {high})", "as it is foreseen now"
    assert card.span == "30d"


def test_an_alert_that_ended_foresees_nothing_and_says_when_it_was_right_again(
    centre: Centre,
) -> None:
    centre.conclude(verdict(NOW - 3 * DAY, alarm=True, limit=60.0, limit_at=NOW + 9 * DAY))
    centre.alert("mr-1", "helium_leak", NOW - 2 * DAY, ended_at=NOW - DAY)
    card = card_queries.card_of(1)
    assert card is not None
    assert "Reaches" not in alert_card(card, NOW, stores.site())
    assert "right again" in alert_card(card, NOW, stores.site())
    assert card_queries.open_cards() == {}
    assert card_queries.card_of(7) is None
    assert card_queries.card_of(None) is None


def test_a_gap_is_a_gap_and_the_limit_is_drawn_where_it_is_near(centre: Centre) -> None:
    before = range(NOW - 20 * HOUR, NOW - 12 * HOUR, 10 * MINUTE)
    after = range(NOW - 6 * HOUR, NOW - HOUR, 10 * MINUTE)
    centre.hear(
        *(Reading("mr-1", "helium_level_pct", 61.0 - at % 3, at) for at in [*before, *after])
    )
    drawing = spark_svg(helium(centre))
    assert drawing.count("<polyline") + drawing.count("<circle") >= 2
    assert "stroke-dasharray" in drawing
    assert len(drawing) < 4_000
    assert unquote(spark(card_queries.open_cards()[1])).count("<svg") == 1


def test_nothing_is_drawn_of_a_source_that_is_silent(centre: Centre) -> None:
    centre.alert("spare", "tube_hot", NOW - HOUR)
    card = card_queries.open_cards()[1]
    assert spark(card) == ""
    assert "now: not known" in alert_card(card, NOW, stores.site())


def test_a_rule_that_the_profile_has_lost_still_shows_its_numbers(centre: Centre) -> None:
    centre.alert("mr-1", "helium_low", NOW - HOUR)
    with centre.records.writing() as db:
        db.get_one(Alert, 1).rule = "removed"
    [card] = card_queries.open_cards().values()
    assert words(card) == ["Was 12.5 %, 47.5 % below 60 %"]
    assert "sw-card-basis" in alert_card(card, NOW, stores.site())


def test_all_open_alerts_take_one_reading_of_the_records(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    for device, rule in (("mr-1", "helium_low"), ("mr-1", "door_open"), ("ct-2", "tube_hot")):
        centre.alert(device, rule, NOW - HOUR)
    alert_queries.open_alerts()
    records = stores.records()
    reading = Mock(wraps=records.reading)
    monkeypatch.setattr(records, "reading", reading)
    assert len(card_queries.open_cards()) == 3
    assert reading.call_count == 1
    card_queries.open_cards()
    assert reading.call_count == 1, "the next page shares it"


def test_the_order_and_the_ticket_carry_the_card(centre: Centre) -> None:
    helium(centre)
    with centre.change(NOW) as tx:
        tx.db.add(Vendor(id="magnets", name="Magnets", contact="", email="", phone=""))
        order = open_for_alert(tx, 1).id
        ticket = tickets.open_ticket(tx, "mr-1", "magnets", "Helium", order_id=order).id
    for test in (page("order", order=order), page("ticket", ticket=ticket)):
        shown = screen(test)
        assert "Was 12.5 %, 47.5 % below 60 %" in shown
        assert "From the maker: Magnet manual page 12" in shown
        assert links(test)["Its chart"] == "device=mr-1&metric=helium_level_pct&span=24h"


def test_a_store_that_cannot_be_read_costs_the_card_and_not_the_page(centre: Centre) -> None:
    helium(centre)
    card_queries._facts.clear()
    alert_queries.forget_cached()
    centre.records.close()
    for path in centre.path.parent.glob("**/records.db*"):
        path.unlink()
    assert card_queries.open_cards_if_read() == {}


@pytest.mark.parametrize(
    ("hours", "span"), [(1, "24h"), (16, "24h"), (17, "7d"), (24 * 20, "30d"), (24 * 400, "90d")]
)
def test_the_range_shows_where_it_began(hours: int, span: str) -> None:
    assert span_of(NOW - hours * HOUR, NOW) == span


def test_in_dari_a_date_and_a_value_stay_whole(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = helium(centre)
    monkeypatch.setattr(i18n, "_sites", "fa")
    [first] = why_words(card, NOW, stores.site())
    assert "\u206812.5\u202f%\u2069 بود" in first.replace("٪", "%")


def test_every_word_of_the_card_has_its_dari_form() -> None:
    own = {key for key in catalogue("en").words if key.startswith("card.")}
    assert own
    english, dari = catalogue("en").words, catalogue("fa").words
    assert [key for key in own if dari.get(key) in (None, english[key])] == []
