"""Where the rules stand at one moment, as a rule test asks it."""

from alerts.timelines.script import DEVICE, SOURCE
from alerts.timelines.timeline_file import RuleExpectation
from core.readings import UP
from core.schema.rules.base import Rule
from storage.records import Alert, Records
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records import verdicts as verdict_rows


class Standing:
    """What the records hold of the device that is tested, at this moment."""

    def __init__(self, records: Records, component: str) -> None:
        self._records = records
        self._component = component
        with records.reading() as db:
            alerts = alert_rows.open_alerts(db).items()
            self._last_read = cursor_rows.last_read_at(db).items()
        self._alerts = {key[1:]: alert for key, alert in alerts if key[0] == DEVICE}

    def of(self, rule: Rule) -> RuleExpectation:
        """Where a rule stands, with what stands beside its alert."""
        component = self._component or (SOURCE if UP in rule.input_metrics else "")
        alert = self._alerts.get((rule.component or component, rule.id))
        is_unknown = self._is_unknown(rule, component, alert)
        if alert is None:
            return RuleExpectation(state="unknown" if is_unknown else "ok", suppressed=False)
        state = "unknown" if is_unknown else alert.state
        return RuleExpectation(state=state, value=alert.value, suppressed=alert.suppressed_by != "")

    def _is_unknown(self, rule: Rule, component: str, alert: Alert | None) -> bool:
        """Nothing that it watches was ever read, or its device does not answer any more."""
        if alert is not None and alert.unknown_since is not None:
            return True
        if rule.detector_id is not None:
            with self._records.reading() as db:
                newest = verdict_rows.newest_verdict(db, DEVICE, rule.detector_id)
            return newest is None
        if not rule.input_metrics or UP in rule.input_metrics:
            return False
        times = [
            at
            for (device, metric, part), at in self._last_read
            if device == DEVICE and metric in rule.input_metrics and part == component
        ]
        silences = [
            row.began_at
            for row in self._alerts.values()
            if row.metric == UP and row.state == "firing"
        ]
        return not times or any(max(times) <= began_at for began_at in silences)
