"""Orders, tickets and events by their words, each with the part of it that was asked for."""

from core.readings import Batch, Event
from core.text.search_words import terms_of
from core.time.clock import DAY, MINUTE
from maintenance.knowledge.search import (
    EventMatch,
    loud_events,
    matching_events,
    matching_work,
)
from storage.records import OrderStep, Ticket, TicketMessage, TicketStep, Vendor, WorkOrder
from tests.maintenance.cast import T0, House


def test_an_order_and_a_ticket_show_where_the_words_stand(any_house: House) -> None:
    with any_house.write(T0) as db:
        db.add(Vendor(id="maker", name="Maker"))
        order = WorkOrder("ct-1", "corrective", "hand", "Fan is loud", T0, text="since Monday")
        db.add(order)
        db.add(OrderStep(order, "open", T0, "sara", "چیلر خاموش بود"))
        db.flush()
        ticket = Ticket("t", "ct-1", "maker", "Chiller", T0 + 1, "sara", text="Please advise")
        db.add(ticket)
        db.add(TicketMessage(ticket, "in", T0, "v", "Open the valve of the chiller"))
    with any_house.look() as db:
        [first] = matching_work(db, terms_of("چيلر"), None, 50)
        assert (first.kind, first.id, first.excerpt) == ("order", 1, "چیلر خاموش بود")
        [second] = matching_work(db, terms_of("chiller"), "ct-1", 50)
        assert (second.kind, second.id, second.title) == ("ticket", 1, "Chiller")
        assert second.excerpt == "Open the valve of the chiller"
        assert matching_work(db, terms_of("chiller"), "ups-1", 50) == []
        assert matching_work(db, (), None, 50) == []


def test_what_scanward_wrote_by_itself_is_found_and_not_shown(house: House) -> None:
    with house.write(T0) as db:
        db.add(Vendor(id="maker", name="Maker"))
        db.add(WorkOrder("ct-1", "corrective", "alert", "Tube is hot", T0, fault="tube_hot"))
        db.flush()
        ticket = Ticket("t", "ct-1", "maker", "Arcs", T0 + 1, "sara")
        db.add(ticket)
        db.add(TicketStep(ticket, "acknowledged", T0, "link: Karim", "by link"))
        db.add(TicketMessage(ticket, "in", T0, "link: Karim", "Tighten the plug"))
    with house.look() as db:
        [order] = matching_work(db, terms_of("tube_hot"), None, 50)
        assert order.excerpt == ""
        for words in ("link", "karim"):
            [case] = matching_work(db, terms_of(words), None, 50)
            assert case.excerpt == "Tighten the plug"


def test_events_of_a_year_that_warn_are_looked_through(house: House) -> None:
    def event(text: str, at: int, device: str = "ct-1", code: str = "") -> Event:
        return Event(device, "error_log", text, at, "error", "tube", code)

    events = [
        event("Tube arc", T0 - 400 * DAY),
        event("Tube arc", T0 - 2 * MINUTE),
        event("Tube arc", T0 - MINUTE),
        event("Table blocked", T0, code="E-12"),
        event("Tube arc", T0 + 3650 * DAY),  # of a clock in 2035
        event("Tube arc", T0, "cbct-1"),
        event("Tube arc expected", T0)._replace(severity="info"),
    ]
    house.writer.append([Batch([], events)])
    loud = loud_events(house.series, "ct-1", T0)
    assert matching_events(loud, terms_of("tube arc"), 9) == [EventMatch(events[2], 2)]
    assert [match.newest.text for match in matching_events(loud, terms_of("e-12"), 9)] == [
        "Table blocked"
    ]
    assert matching_events(loud, (), 9) == []
