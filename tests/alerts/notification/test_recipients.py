"""Who is alerted: by severity, device, hour and turn, each channel once."""

from pathlib import Path

import pytest

from alerts.notification.recipients import Recipient, escalations, recipients
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.alerts import NoticeKind
from core.vocabulary.severity import Severity
from tests.alerts.notification.incidents import T0, Ward

SITE = """
people:
  - {id: sara, name: Sara, role: engineer, channels: [phone, sms]}
  - {id: omar, name: Omar, role: engineer, channels: [sms]}
  - {id: head, name: Head, role: manager, channels: [mail]}
rota: [{id: on-call, start: 2026-11-28, people: [sara, omar]}]
routes:
  - {severities: [info, warning, error, critical], channels: [log]}
  - {severities: [critical], to: [on-call], escalate: [{after: 30m, to: [engineer]}, {after: 2h, to: [manager]}]}
  - {severities: [error], roles: [engineer], escalate: [{after: 1h, to: [head]}]}
  - {severities: [warning], devices: [ct-1], channels: [mail],
     hours: {days: [sat, sun, mon, tue, wed], start: "08:00", end: "17:00"}}
"""
AFTER = {1: 30 * MINUTE, 2: HOUR, 3: 2 * HOUR}
LOG = Recipient("", "log")
SARA = [Recipient("sara", "phone"), Recipient("sara", "sms")]


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    folder: Path = tmp_path_factory.mktemp("site")
    return Ward(folder, SITE)


@pytest.mark.parametrize(
    ("severity", "kind", "level", "now", "chosen"),
    [
        ("info", "fired", 0, T0, [LOG]),
        ("critical", "fired", 0, T0, [LOG, *SARA]),
        ("critical", "reminder", 0, T0, [LOG, *SARA]),
        ("critical", "fired", 0, T0 + 7 * DAY, [LOG, Recipient("omar", "sms")]),
        ("critical", "escalation", 1, T0, SARA),
        ("critical", "escalation", 2, T0, []),
        ("critical", "escalation", 3, T0, [Recipient("head", "mail")]),
        ("error", "worse", 0, T0, [LOG, *SARA]),
        ("error", "escalation", 2, T0, [Recipient("head", "mail")]),
        ("warning", "fired", 0, T0, [LOG, Recipient("", "mail")]),
        ("warning", "fired", 0, T0 + 30 * MINUTE, [LOG]),  # 17:00
        ("warning", "fired", 0, T0 + 5 * DAY, [LOG]),  # Thursday
    ],
)
def test_routes(
    ward: Ward, severity: Severity, kind: NoticeKind, level: int, now: int, chosen: list[Recipient]
) -> None:
    assert recipients(ward.site, {"ct-1"}, severity, kind, level, now) == chosen


def test_a_route_of_other_devices_is_not_gone(ward: Ward) -> None:
    assert recipients(ward.site, {"mri-2"}, "warning", "fired", 0, T0) == [LOG]
    assert len(recipients(ward.site, {"mri-2", "ct-1"}, "warning", "fired", 0, T0)) == 2


def test_a_level_is_the_same_number_for_every_route(ward: Ward) -> None:
    assert escalations(ward.site, {"ct-1"}, "critical", T0) == {1: AFTER[1], 3: AFTER[3]}
    assert escalations(ward.site, {"ct-1"}, "error", T0) == {2: AFTER[2]}
    assert escalations(ward.site, {"ct-1"}, "warning", T0) == {}
