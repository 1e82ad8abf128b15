"""How long alerts waited for a person is counted from what was acknowledged."""

from alerts.evaluation.acknowledge import acknowledge
from core.time.clock import HOUR
from maintenance.kpi.device_history import device_histories
from maintenance.kpi.formulas import mtta
from storage.records import alerts as alert_rows
from tests.maintenance.cast import T0, House


def test_an_alert_counts_from_when_it_fired_to_when_somebody_took_it(house: House) -> None:
    house.hot("ct-1", T0, T0 + HOUR)  # over before anybody took it
    house.hot("ct-1", T0 + 10 * HOUR, None)
    with house.look() as db:
        taken = [one for one in alert_rows.open_alerts(db).values() if one.fired_at]
    with house.change(T0 + 14 * HOUR) as tx:
        for one in taken:
            acknowledge(tx, one.id)
    period = (T0, T0 + 24 * HOUR)
    with house.look() as db:
        device = house.site.devices["ct-1"]
        [found] = device_histories(
            db, house.site, house.series, device, [period], [], T0 + 24 * HOUR
        )
    figure = mtta(found.alert_times, period)
    assert figure.n == len(taken) == len(found.alert_times) / 2
    waited = sum(T0 + 14 * HOUR - (one.fired_at or 0) for one in taken) / HOUR
    assert figure.value == waited / len(taken)
