"""What a program does through the API; it is refused in the words of the pages."""

from collections.abc import Callable

from access import live_values
from access.vendor_links import make_vendor_link, revoke_vendor_link
from alerts.evaluation.acknowledge import acknowledge
from alerts.notification.acknowledgement import acknowledge_incident
from dashboard import forms
from dashboard.http.api import (
    alert_writes,
    order_proofs,
    order_writes,
    reading_writes,
    ticket_writes,
    vendor_links,
)
from dashboard.http.api.parameters import NumberQuery, Parameters
from maintenance.rounds.manual_entry import enter_readings
from maintenance.tickets.lifecycle import move, open_ticket, write
from maintenance.tickets.questions import revoke_answer_links
from maintenance.work_orders.completion import complete
from maintenance.work_orders.lifecycle import assign, begin, cancel
from maintenance.work_orders.opening import open_for_alert, open_order
from maintenance.work_orders.proven_answers import confirm_proofs
from storage.records.transaction import Transaction
from tests.dashboard.centre import Centre
from tests.dashboard.people import SARA_HERSELF
from tests.dashboard.sample_work import make_due
from tests.doors.table import Action, Door, Visit, a_cancelled_order, an_order
from tests.doors.tickets import a_closed_ticket, a_ticket
from tests.doors.work import an_ended_alert, an_ended_incident

ROOM = "dashboard.http.api"
NOTHING = alert_writes.NothingBody()


def door(place: str, act: Callable[[Transaction, NumberQuery], object]) -> list[Door]:
    """Somebody who comes as the endpoint does it: in one transaction of the token's owner."""

    def attempt(visit: Visit) -> None:
        with forms.writing(SARA_HERSELF.author) as tx:
            act(tx, NumberQuery(number=visit.about or 1))

    return [Door(f"{ROOM}.{place}", attempt)]


def an_alert_with_order(centre: Centre, now: int) -> int:
    centre.alert("ct-2", "tube_hot", now)
    with centre.change(now) as tx:
        open_for_alert(tx, 1)
    return 1


def a_link(centre: Centre, now: int) -> int:
    ticket = a_ticket(centre, now)
    with centre.change(now) as tx:
        make_vendor_link(tx, ticket)
    return 1


def a_link_to_a_closed_ticket(centre: Centre, now: int) -> int:
    ticket = a_closed_ticket(centre, now)
    with centre.change(now) as tx:
        make_vendor_link(tx, ticket)
    return 1


def an_order_to_assign(tx: Transaction, query: NumberQuery) -> object:
    body = order_writes.AssignBody.model_construct(to=" ")
    return order_writes.give_to(tx, query, body)


ACTIONS = [
    Action(
        "enter readings by a program",
        enter_readings,
        "ct-2 has no metric 'scan_cont' (did you mean 'scan_count'?)",
        door("reading_writes:enter", lambda tx, _: reading_writes.enter(
            tx, Parameters(), reading_writes.ReadingsBody(
                device="ct-2",
                values=[reading_writes.ValueBody(metric="scan_cont", value=1.0)],
            ))),
    ),
    Action(
        "acknowledge an alert by a program",
        acknowledge,
        "the alert has ended: there is nothing to acknowledge any more",
        door("alert_writes:acknowledge_alert", lambda tx, query: alert_writes.acknowledge_alert(
            tx, query, NOTHING)),
        an_ended_alert,
    ),
    Action(
        "take care of an incident by a program",
        acknowledge_incident,
        "the alert has ended: there is nothing to acknowledge any more",
        door("alert_writes:take_incident", lambda tx, query: alert_writes.take_incident(
            tx, query, NOTHING)),
        an_ended_incident,
    ),
    Action(
        "open an order for an alert by a program",
        open_for_alert,
        "order 1 is already open for alert 1",
        door("alert_writes:order_for_alert", lambda tx, query: alert_writes.order_for_alert(
            tx, query, alert_writes.OrderForAlertBody())),
        an_alert_with_order,
    ),
    Action(
        "open an order by a program",
        open_order,
        "there is no device 'ct-3' (did you mean 'ct-2'?)",
        door("order_writes:open_new", lambda tx, _: order_writes.open_new(
            tx, Parameters(), order_writes.NewOrderBody(device="ct-3", title="Fan"))),
    ),
    Action(
        "assign an order by a program",
        assign,
        "say to whom",
        door("order_writes:give_to", an_order_to_assign),
        an_order,
    ),
    Action(
        "begin an order by a program",
        begin,
        "order 1 is cancelled: it cannot become working",
        door("order_writes:begin_work", lambda tx, query: order_writes.begin_work(
            tx, query, order_writes.BeginBody())),
        a_cancelled_order,
    ),
    Action(
        "complete an order by a program",
        complete,
        "say what was found and done",
        door("order_writes:finish", lambda tx, query: order_writes.finish(
            tx, query, order_writes.CompleteBody())),
        an_order,
    ),
    Action(
        "confirm what is proven by a program",
        confirm_proofs,
        "nothing can prove 'dust'",
        door("order_proofs:confirm", lambda tx, query: order_proofs.confirm(
            tx, query, order_proofs.ConfirmBody(items=["dust"]))),
        make_due,
    ),
    Action(
        "cancel an order by a program",
        cancel,
        "say why",
        door("order_writes:cancel_work", lambda tx, query: order_writes.cancel_work(
            tx, query, order_writes.CancelBody(why=" "))),
        an_order,
    ),
    Action(
        "open a ticket by a program",
        open_ticket,
        "there is no device 'ct-3' (did you mean 'ct-2'?)",
        door("ticket_writes:open_case", lambda tx, _: ticket_writes.open_case(
            tx, Parameters(), ticket_writes.NewTicketBody(
                device="ct-3", vendor="tube-service", subject="Fan"))),
    ),
    Action(
        "write a message by a program",
        write,
        "the message is empty",
        door("ticket_writes:write_message", lambda tx, query: ticket_writes.write_message(
            tx, query, ticket_writes.NewMessageBody(text=" ", direction="out"))),
        a_ticket,
    ),
    Action(
        "move a ticket by a program",
        move,
        "ticket 1 is draft: it cannot become solved",
        door("ticket_writes:move_on", lambda tx, query: ticket_writes.move_on(
            tx, query, ticket_writes.MoveBody(state="solved"))),
        a_ticket,
    ),
    Action(
        "take the links for answers back by a program",
        revoke_answer_links,
        "",
        door("ticket_writes:revoke_links", lambda tx, query: ticket_writes.revoke_links(
            tx, query, NOTHING)),
        a_ticket,
    ),
    Action(
        "make a link for a supplier by a program",
        make_vendor_link,
        "a link is good for 1 to 90 days",
        door("vendor_links:make_link", lambda tx, query: vendor_links.make_link(
            tx, query, vendor_links.NewLinkBody.model_construct(days=91))),
        a_ticket,
    ),
    Action(
        "take a supplier's link back by a program",
        revoke_vendor_link,
        "",
        door("vendor_links:revoke_link", lambda tx, query: vendor_links.revoke_link(
            tx, query, NOTHING)),
        a_link,
    ),
    Action(
        "open live values by a program",
        live_values.open_live_values,
        "ticket 1 is closed",
        door("vendor_links:open_live", lambda tx, query: vendor_links.open_live(
            tx, query, NOTHING)),
        a_link_to_a_closed_ticket,
    ),
    Action(
        "close live values by a program",
        live_values.close_live_values,
        "",
        door("vendor_links:close_live", lambda tx, query: vendor_links.close_live(
            tx, query, NOTHING)),
        a_link,
    ),
]  # fmt: skip
