"""Somebody says whether an alert was right: detectors learn from it (alerts/detection/feedback.py)."""

from core.vocabulary.alerts import FeedbackOpinion
from storage.records import feedback as feedback_rows
from storage.records.feedback import ServiceEvent
from storage.records.transaction import Transaction, needs


@needs("judge an alert")
def give_feedback(tx: Transaction, alert_id: int, opinion: FeedbackOpinion, note: str = "") -> None:
    """Keep the opinion; the newest one counts, the audit has the others.

    StoreError if there is no such alert, or the note is too long.
    """
    feedback_rows.give_feedback(tx.db, alert_id, opinion, tx.by, tx.now, note)


@needs("note a service")
def note_service(tx: Transaction, device: str, at: int, text: str = "") -> ServiceEvent:
    """Write down that something was done to a device at `at` (UTC ms): its detectors learn anew.

    RefusedError if there is no such device; StoreError if the text is too long.
    """
    return feedback_rows.add_service_event(tx.db, tx.device(device).id, at, tx.by, text)
