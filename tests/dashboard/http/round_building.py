"""A small building for rounds: a chiller and a tube whose numbers people read, in two rooms."""

from pathlib import Path

from core.readings import Reading
from core.time.clock import DAY
from tests.dashboard.centre import Centre, build

PANEL = """
title: A panel
metrics:
  pressure_kpa: {title: Pressure, unit: kPa, plausible: [0, 500], where: menu Service page 2}
  used_s: {title: Seconds of use, unit: s, kind: counter, where: console}
  new_count: {title: Starts, kind: counter, where: console}
  offset_hu: {title: Offset, unit: HU, where: console}
  never_c: {title: Never read, unit: °C, where: console}
  lamp: {title: Lamp, kind: state, states: {0: dark, 1: lit}, where: door}
rules:
  - {id: pressure_high, title: The pressure is high, metric: pressure_kpa, above: 30, severity: error,
     basis: engineering}
  - {id: pressure_low, title: The pressure is low, metric: pressure_kpa, below: 10, severity: warning,
     basis: engineering}
  - {id: lamp_dark, title: The lamp is dark, metric: lamp, below: 1, severity: warning, basis: engineering}
"""


def build_rounds(folder: Path) -> Path:
    """The site file with panels in two rooms, one of them between the devices of another."""
    path = build(folder)
    (folder / "profiles" / "panel.yaml").write_text(PANEL, encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    text += "  - {id: pump-1, name: Pump one, profile: panel, room: Cellar}\n"
    text += "  - {id: pump-2, name: Pump two, profile: panel, room: CT room}\n"
    text += "  - {id: pump-3, name: Pump three, profile: panel, room: Cellar}\n"
    path.write_text(text, encoding="utf-8")
    return path


def read_before(centre: Centre, now: int, device: str = "pump-1") -> None:
    """What was read on the days before, the last a day ago."""
    rows = list[Reading]()
    for day in range(1, 92):
        at = now - day * DAY
        rows.append(Reading(device, "used_s", 132_000 - day * 1_000, at))
    for day, value in enumerate((22.6, 22.4, 22.8, 22.5), start=1):
        rows.append(Reading(device, "pressure_kpa", value, now - day * DAY))
        rows.append(Reading(device, "offset_hu", value - 22.55, now - day * DAY))
    rows.append(Reading(device, "new_count", 49_000, now - DAY))
    centre.hear(*rows)
