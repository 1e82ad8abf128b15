"""How many things wait behind each page of the menu."""

from datetime import timedelta

import streamlit as st

from core.errors import StoreError
from core.time.clock import from_ms, start_of_day
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.views.incidents import problems
from storage.records import planning as task_rows
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows

OURS = ("draft", "to_send", "waiting_us", "solved")  # states of a ticket that want somebody here


def menu_counts() -> dict[str, int]:
    """By page; none while a store cannot be read, which the pages show."""
    try:
        return _counts()
    except StoreError:
        return {}


@st.cache_data(ttl="15s", show_spinner=False)
def _counts() -> dict[str, int]:
    """What is wrong, is due by tonight, waits for a signature, waits for us; shared by all sessions."""
    now, site = stores.now(), stores.site()
    tomorrow = from_ms(now, site.zone).date() + timedelta(days=1)
    tonight = start_of_day(tomorrow, site.zone)
    with stores.records().reading() as db:
        tasks = task_rows.open_tasks(db)
        done = order_rows.orders(db, state="done")
        tickets = [ticket for ticket in ticket_rows.tickets(db) if ticket.state in OURS]
    return {
        "fleet": problems(fleet_queries.fleet(now).statuses),
        "today": sum(task.due_at < tonight for task in tasks if task.due_by != "hand"),
        "orders": len(done),
        "tickets": len(tickets),
    }
