"""A profile says what a kind of device has: metrics, how each source yields them, and rules.

Profiles are data (config/profiles/*.yaml). They may extend one another and never compute.
"""

from typing import Literal

from core.schema.detector import Detector
from core.schema.metric import Metric
from core.schema.names import Name
from core.schema.rules.limit import LimitRule
from core.schema.rules.registry import AnyRule
from core.schema.sources.logfile import LogFormat
from core.schema.sources.mqtt import MqttMap
from core.schema.sources.snmp import SnmpMap
from core.schema.strict_model import Strict


class Profile(Strict):
    """A kind of device; the file's name is the profile's name."""

    title: str = ""
    kind: str = ""  # modality or machine: ct, mri, ups, chiller; chooses icon and group
    group: Literal["scanner", "infrastructure"] | None = None
    extends: list[str] = []
    metrics: dict[Name, Metric] = {}
    rules: list[AnyRule] = []
    detectors: list[Detector] = []
    snmp: SnmpMap = SnmpMap()
    mqtt: MqttMap = MqttMap()
    logfile: dict[str, LogFormat] = {}
    plans: list[str] = []  # files of config/plans: what must be done to it, and when

    def over(self, parent: "Profile") -> "Profile":
        """This profile laid over `parent`: same name replaces, everything else adds up."""
        rules = {rule.id: rule for rule in (*parent.rules, *self.rules)}
        detectors = {one.id: one for one in (*parent.detectors, *self.detectors)}
        return Profile(
            title=self.title or parent.title,
            kind=self.kind or parent.kind,
            group=self.group or parent.group,
            metrics={**parent.metrics, **self.metrics},
            rules=list(rules.values()),
            detectors=list(detectors.values()),
            snmp=SnmpMap(
                values=parent.snmp.values + self.snmp.values,
                tables=parent.snmp.tables + self.snmp.tables,
            ),
            mqtt=MqttMap(messages=parent.mqtt.messages + self.mqtt.messages),
            logfile={**parent.logfile, **self.logfile},
            plans=list(dict.fromkeys((*parent.plans, *self.plans))),
        )

    def detector(self, name: str) -> Detector:
        """The detector of that id. KeyError if there is none: loading has checked the rules'."""
        for detector in self.detectors:
            if detector.id == name:
                return detector
        raise KeyError(name)

    @property
    def derived(self) -> set[str]:
        """Metrics that no source brings: a detector makes them of others, or counts events."""
        return {one.metric for one in self.detectors if one.of or one.events}

    def limits(self, metric: str, component: str = "") -> list[LimitRule]:
        """The limits that watch one metric of one component."""
        return [limit for rule in self.rules for limit in rule.limits_on(metric, component)]
