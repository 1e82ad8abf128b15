"""The list of the day, in the order in which it is to be done."""

from core.vocabulary.severity import Severity
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters
from dashboard.queries import agenda, stores
from dashboard.views.day import DayLine, Group
from maintenance.planning.day_order import TimeSource


class DayLineItem(ApiItem):
    """A thing to do, once; `examinations` that are at stake within a day are null where nobody knows."""

    group: Group
    device: str
    title: str
    severity: Severity
    alerts: list[int]
    order: int | None
    task: int | None
    downtimes: list[int]
    people: list[str]
    due_at: ApiTime | None
    examinations: float | None
    hours: float
    hours_from: TimeSource
    put_off_until: ApiTime | None


def today(_query: Parameters) -> list[DayLineItem]:
    """What is now, due today, waiting, this week; of each the first first."""
    return [
        _item(group, line) for group, lines in agenda.today(stores.now()).items() for line in lines
    ]


def _item(group: Group, line: DayLine) -> DayLineItem:
    order, incident, snooze = line.main_order, line.incident, line.snooze
    return DayLineItem(
        group=group,
        device=line.device,
        title=line.title,
        severity=line.severity,
        alerts=[] if incident is None else [alert.id for alert in incident.open_alerts],
        order=None if order is None else order.number,
        task=None if line.work is None else line.work.task.id,
        downtimes=sorted({row.id for row in line.faults} | {row.id for row in line.down}),
        people=list(line.people),
        due_at=line.due_at,
        examinations=line.examinations,
        hours=line.time.hours,
        hours_from=line.time.source,
        put_off_until=None if snooze is None else snooze.until,
    )


ENDPOINTS = [
    ReadEndpoint("/today", "What is to be done", Parameters, DayLineItem, today, is_list=True)
]
