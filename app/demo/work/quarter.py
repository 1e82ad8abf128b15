"""The whole quarter, written into the records at once."""

from app.demo.work import fault_orders, orders, planned, rounds, sheets, store_room, tickets
from app.demo.work.acts import WrittenWork, perform
from app.demo.work.calendar import WorkCalendar
from app.demo.work.people import add_people
from core.schema.site import Site
from storage.records import Records
from storage.records.transaction import transaction

WHO = "demo"  # who lets the first people in


def write_quarter(records: Records, site: Site, end: int, seed: int) -> WrittenWork:
    """Each act by the function that a page calls for it, at its own time; the last at `end`, UTC ms.

    The same for the same end and seed, but for what is secret. Nothing of it needs a reading, or an
    alert: what follows from alerts comes when they have fired (alert_answers.py).
    """
    calendar = WorkCalendar(end, site.zone)
    acts = [
        *sheets.acts(calendar),
        *store_room.acts(calendar),
        *planned.acts(site, calendar, seed),
        *orders.acts(calendar),
        *fault_orders.acts(calendar),
        *tickets.acts(calendar),
        *rounds.acts(calendar),
    ]
    written = WrittenWork()
    with transaction(records, site, WHO, min(act.at for act in acts)) as tx:
        add_people(tx)
        perform(tx, acts, written)
    return written
