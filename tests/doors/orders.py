"""Work orders, from opening to signature."""

from core.time.clock import MINUTE
from dashboard.components.device import alert as alert_page
from dashboard.components.orders import (
    checklist,
    ending,
    order_actions,
    order_costs,
    order_new,
    proofs,
)
from dashboard.components.shared.number_box import Box
from maintenance.assets.columns import money, whole
from maintenance.parts import stock
from maintenance.work_orders import completion, costs, fault_reports, lifecycle, opening
from maintenance.work_orders.answers import ItemEntry, answer_items
from maintenance.work_orders.proven_answers import confirm_proofs
from tests.dashboard.centre import Centre
from tests.dashboard.http.test_fault_form import post
from tests.dashboard.sample_work import make_due
from tests.doors.table import Action, Door, Visit, a_cancelled_order, a_done_order, an_order

PAGE = "dashboard.components.orders"
COMMAND = "app.cli.order"


def an_alert(centre: Centre, now: int) -> int:
    """It fires, and an order is open for it."""
    centre.alert("ct-2", "tube_hot", now - 3 * MINUTE)
    with centre.change(now) as tx:
        opening.open_for_alert(tx, 1)
    return 1


def report(visit: Visit) -> None:
    assert post(device="ct-2", text="It hums").status == 303


def use_a_part(visit: Visit) -> None:
    from dashboard.queries.orders import order_details

    details = order_details(visit.about)
    assert details is not None
    order_costs._used(details, "ct-fan", Box("Quantity", "3", whole(1, 1000)))


ACTIONS = [
    Action(
        "open an order by hand",
        opening.open_order,
        "an order needs a title",
        [
            Door(
                f"{PAGE}.order_new:_open",
                lambda _: order_new._open(order_new.NewOrder("ct-2", "corrective", " ")),
            ),
            Door(f"{COMMAND}:order_open", lambda v: v.command("order", "open", "ct-2", " ")),
        ],
    ),
    Action(
        "open an order of a device that is gone",
        opening.open_order,
        "there is no device 'ct-3' (did you mean 'ct-2'?)",
        [
            Door(
                f"{PAGE}.order_new:_open",
                lambda _: order_new._open(order_new.NewOrder("ct-3", "corrective", "Fan")),
            ),
            Door(f"{COMMAND}:order_open", lambda v: v.command("order", "open", "ct-3", "Fan")),
        ],
    ),
    Action(
        "open an order for an alert",
        opening.open_for_alert,
        "order 1 is already open for alert 1",
        [
            Door(
                "dashboard.components.device.alert:_open_order",
                lambda v: alert_page._open_order(v.about),
            ),
            Door(
                f"{COMMAND}:order_open",
                lambda v: v.command("order", "open", "ct-2", "--alert", v.about),
            ),
        ],
        an_alert,
    ),
    Action(
        "report a fault",
        fault_reports.report_fault,
        "",
        [Door("dashboard.http.fault_form:_report", report)],
    ),
    Action(
        "assign an order",
        lifecycle.assign,
        "say to whom",
        [
            Door(
                f"{PAGE}.order_actions:_assigned", lambda v: order_actions._assigned(v.about, " ")
            ),
            Door(f"{COMMAND}:order_assign", lambda v: v.command("order", "assign", v.about, " ")),
        ],
        an_order,
    ),
    Action(
        "begin an order",
        lifecycle.begin,
        "order 1 is cancelled: it cannot become working",
        [
            Door(f"{PAGE}.order_actions:_begin", lambda v: order_actions._begin(v.about)),
            Door(f"{COMMAND}:order_begin", lambda v: v.command("order", "begin", v.about)),
        ],
        a_cancelled_order,
    ),
    Action(
        "hold an order",
        lifecycle.hold,
        "order 1 is cancelled: it cannot become waiting_part",
        [
            Door(
                f"{PAGE}.order_actions:_held",
                lambda v: order_actions._held(v.about, "waiting_part", ""),
            ),
            Door(f"{COMMAND}:order_hold", lambda v: v.command("order", "hold", v.about, "part")),
        ],
        a_cancelled_order,
    ),
    Action(
        "cancel an order",
        lifecycle.cancel,
        "say why",
        [
            Door(
                f"{PAGE}.order_actions:_cancelled",
                lambda v: order_actions._cancelled(v.about, " "),
            ),
            Door(f"{COMMAND}:order_cancel", lambda v: v.command("order", "cancel", v.about, " ")),
        ],
        an_order,
    ),
    Action(
        "answer an item",
        answer_items,
        "60 is not a number between 0 and 50",
        [
            Door(
                f"{PAGE}.checklist:_save",
                lambda v: checklist._save(v.about, [ItemEntry("laser", value=60.0)], []),
            ),
            Door(
                f"{COMMAND}:order_answer",
                lambda v: v.command("order", "answer", v.about, "laser", "60"),
            ),
        ],
        make_due,
    ),
    Action(
        "confirm what is proven",
        confirm_proofs,
        "nothing can prove 'dust'",
        [
            Door(f"{PAGE}.proofs:_confirm", lambda v: proofs._confirm(v.about, ["dust"], v.now)),
            Door(
                "app.cli.order_proofs:order_confirm",
                lambda v: v.command("order", "confirm", v.about, "dust"),
            ),
        ],
        make_due,
    ),
    Action(
        "complete an order",
        completion.complete,
        "say what was found and done",
        [
            Door(
                f"{PAGE}.ending:_complete",
                lambda v: ending._complete(v.about, [], [], ending.Ending(" ")),
            ),
            Door(f"{COMMAND}:order_close", lambda v: v.command("order", "close", v.about, " ")),
        ],
        an_order,
    ),
    Action(
        "finish an order without a check",
        completion.finish,
        "say what was checked before patients return",
        [
            Door(
                f"{PAGE}.ending:_finish",
                lambda v: ending._finish(v.about, [], [], ending.Ending("Fan changed")),
            )
        ],
        an_order,
    ),
    Action(
        "return a device to service",
        completion.return_to_service,
        "say what was checked before patients return",
        [
            Door(f"{PAGE}.order_actions:_back", lambda v: order_actions._back(v.about, " ")),
            Door(
                f"{COMMAND}:order_close",
                lambda v: v.command("order", "close", v.about, "Fan", "--check", " "),
            ),
        ],
        a_done_order,
    ),
    Action(
        "sign an order off",
        completion.sign_off,
        "the device has not been checked and returned to service",
        [
            Door(f"{PAGE}.order_actions:_sign", lambda v: order_actions._sign(v.about)),
            Door(
                f"{COMMAND}:order_close",
                lambda v: v.command("order", "close", v.about, "Fan", "--sign"),
            ),
        ],
        a_done_order,
    ),
    Action(
        "add labour",
        costs.add_labour,
        "labour cannot have begun in the future",
        [
            Door(
                f"{PAGE}.order_costs:_labour_added",
                lambda v: order_costs._labour_added(
                    v.about, "", v.now + MINUTE, Box("", "30", whole(1, 60)), Box("", "", money)
                ),
            )
        ],
        an_order,
    ),
    Action(
        "add a cost",
        costs.add_cost,
        "say what it was for, and an amount of 0 or more",
        [
            Door(
                f"{PAGE}.order_costs:_bill_added",
                lambda v: order_costs._bill_added(v.about, Box("", "40", money), " "),
            )
        ],
        an_order,
    ),
    Action(
        "use a part",
        stock.move,
        "ct-fan: there are only 2",
        [
            Door(f"{PAGE}.order_costs:_used", use_a_part),
            Door(
                "app.cli.maintenance:part_move",
                lambda v: v.command("part", "move", "ct-fan", "used", "3", "--order", v.about),
            ),
        ],
        an_order,
    ),
]
