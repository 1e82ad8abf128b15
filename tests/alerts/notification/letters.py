"""A site whose people read English and Dari, and the messages that they get of the same incident."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alerts.notification.delivery import deliver_due
from alerts.notification.evidence import SeriesAtHand
from core.readings import Reading
from core.text.numbers import LEFT_TO_RIGHT, NO_BREAK
from storage.records import Alert, Verdict, WorkOrder
from storage.series import Curve, Point
from tests.alerts.notification.incidents import Line, Ward, at

MORE = """
language: en
calendar: solar
people:
  - {id: omar, name: Omar, channels: [phone]}
  - {id: sara, name: Sara, language: fa, channels: [sms]}
routes: [{severities: [info, warning, error, critical], to: [omar, sara]}]
http: {public_url: "https://scanward.example"}
"""

PROFILE = """
title: Magnet
metrics:
  helium_level_pct: {title: Helium level, unit: "%"}
  magnet_temp_c: {title: Magnet temperature, unit: °C}
  output_source: {title: Output comes from, kind: state, states: {3: mains, 5: battery}}
rules:
  - id: helium_low
    title: Helium is low
    metric: helium_level_pct
    below: 60
    severity: critical
    out_of_service: partial
    basis: engineering
    do_first: {en: Order a helium refill., fa: پر کردن هلیوم را فرمایش دهید.}
  - {id: magnet_drifts, kind: anomaly, title: The magnet temperature drifts, detector: magnet, severity: error,
     basis: engineering, do_first: {en: Check the room., fa: اتاق را ببینید.}}
  - {id: on_battery, title: "The mains has failed, the UPS runs on battery", metric: output_source, above: 4,
     severity: error, basis: engineering, explains: site,
     do_first: {en: Start the generator., fa: جنراتور را روشن کنید.}}
  - {id: magnet_cools, kind: rate, title: The magnet cools fast, metric: magnet_temp_c, below: -0.2, per: 1h,
     window: 1h, severity: error, basis: engineering}
detectors: [{id: magnet, kind: drift, metric: magnet_temp_c, worth: 0.1}]
"""


class Post(Ward):
    """The ward with two readers: Omar in English, Sara in Dari."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MORE, PROFILE)
        self.omar, self.sara = Line(), Line()
        self.readings: list[Reading] = []

    def moment(self, minute: float) -> int:
        return at(minute)

    def latest(self, device: str) -> Sequence[Reading]:
        return [reading for reading in self.readings if reading.device == device]

    def curve(
        self, device: str, metric: str, component: str, start: int, end: int, points: int
    ) -> Curve:
        key = (device, metric, component)
        return Curve(
            [
                Point(row.at, row.value, row.value, row.value, 1)
                for row in self.readings
                if (row.device, row.metric, row.component) == key and start <= row.at < end
            ],
            "raw",
            0,
        )

    def post(self, minute: float) -> tuple[str, str]:
        """What Omar and Sara get at that minute: title and body, marks and no-break spaces made plain."""
        self.give(minute)
        at_hand = SeriesAtHand(self.latest, self.curve)
        ways = {"phone": self.omar, "sms": self.sara}
        deliver_due(self.site, self.records, ways, lambda: at(minute), at_hand)
        return shown(self.omar), shown(self.sara)

    def fire(self, device: str, rule: str, title: str, metric: str, value: float | None) -> Alert:
        """An error at minute 0, without limit."""
        alert = self.begin(0, device, "error", rule=rule)
        self.change(alert, title=title, metric=metric, value=value, fired_value=value, limit=None)
        return alert

    def read(self, device: str, metric: str, value: float, minute: float) -> None:
        self.readings.append(Reading(device, metric, value, at(minute)))

    def repair(self, alert: Alert | None, result: str, minute: float, **values: Any) -> None:
        """A work order that is done."""
        with self.records.writing("test", at(minute)) as db:
            order = WorkOrder(
                device="mri-2", kind="corrective", opened_by="hand", title="Helium",
                opened_at=at(minute), state="done", done_at=at(minute), result=result,
            )  # fmt: skip
            order.alert_id = alert.id if alert else None
            for name, value in values.items():
                setattr(order, name, value)
            db.add(order)

    def judge(self, minute: float, **values: object) -> None:
        """The verdict of the magnet's detector."""
        with self.records.writing("test", at(minute)) as db:
            verdict = Verdict(
                device="mri-2", component="", detector="magnet", at=at(minute), kind="anomaly",
                score=0.9, alarm=True,
            )  # fmt: skip
            for name, value in values.items():
                setattr(verdict, name, value)
            db.add(verdict)


def shown(line: Line) -> str:
    message = line.messages[-1]
    text = f"{message.title}\n{message.body}"
    return text.replace(LEFT_TO_RIGHT, "").replace(NO_BREAK, " ")


def without_link(text: str) -> str:
    """The signature is another on every machine."""
    lines = text.splitlines()
    return "\n".join(line.partition("/ack/")[0] for line in lines)
