"""A mains failure that is replayed is one incident, as it was."""

from pathlib import Path

from alerts.backtest.run import backtest
from core.time.clock import MINUTE
from storage.series import SeriesReader
from tests.alerts.evaluation.house import T0, House


def test_a_mains_failure_is_one_incident_with_the_same_alerts(tmp_path: Path) -> None:
    house = House(tmp_path)
    for minute in range(120):
        is_out = 30 <= minute < 60
        house.store(minute, "ups-1", "battery", is_out)
        for device in ("switch-1", "ups-1", "chiller-1", "ct-1", "ct-2"):
            house.store(minute, device, "up", not (is_out and device.startswith("ct")))
        house.look()
    assert len(house.incidents()) == 1
    end = T0 + 120 * MINUTE
    reader = SeriesReader(house.site.series_path)
    result = backtest(house.site, reader, house.records, T0, end)
    fired = [(alert.device, alert.rule, alert.fired_by) for alert in result.alerts]
    assert fired == [
        ("ups-1", "on_battery", "both"),
        ("ct-1", "unreachable", "both"),
        ("ct-2", "unreachable", "both"),
    ]
    assert (result.incidents, result.incidents_before) == (1, 1)
    assert [(message.kind, message.device, message.explained) for message in result.messages] == [
        ("fired", "ups-1", 2),
        ("over", "ups-1", 2),
    ]
    house.writer.close()
    house.records.close()
