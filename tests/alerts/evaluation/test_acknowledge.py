"""Somebody has seen an alert: who and when, written once."""

import pytest

from alerts.evaluation.acknowledge import acknowledge
from core.errors import RefusedError
from storage.records import Alert
from storage.records.transaction import transaction
from tests.alerts.conftest import Centre, at


def seen(centre: Centre, alert_id: int, by: str, minute: float) -> Alert:
    with transaction(centre.records, centre.site, by, at(minute)) as tx:
        alert = acknowledge(tx, alert_id)
        tx.db.flush()
        tx.db.expunge(alert)
    return alert


def test_the_first_who_acknowledges_is_who_acknowledged(centre: Centre) -> None:
    centre.read("leak", 1, 0)
    number = centre.alerts()[0].id
    seen(centre, number, "sara", 5)
    again = seen(centre, number, "another", 9)
    assert (again.acknowledged_by, again.acknowledged_at) == ("sara", at(5))


def test_what_has_not_fired_or_is_over_is_not_acknowledged(centre: Centre) -> None:
    centre.read("helium_level_pct", 50, 0)  # held for ten minutes
    pending = centre.alerts()[0]
    assert pending.state == "pending"
    for number in (pending.id, 99):
        with pytest.raises(RefusedError, match="has fired"):
            seen(centre, number, "sara", 1)
    centre.read("leak", 1, 2)
    centre.read("leak", 0, 3)
    over = next(alert for alert in centre.alerts() if alert.rule == "leak")
    with pytest.raises(RefusedError, match="has ended"):
        seen(centre, over.id, "sara", 4)


def test_the_engine_ends_an_acknowledged_alert_and_keeps_who_saw_it(centre: Centre) -> None:
    centre.read("leak", 1, 0)
    seen(centre, centre.alerts()[0].id, "sara", 1)
    centre.read("leak", 0, 2)
    alert = centre.alerts()[0]
    assert (alert.state, alert.acknowledged_by) == ("ok", "sara")
