"""Planned work that is due, maintenance windows, and reports."""

from core.vocabulary.alerts import Repetition, WindowKind
from core.vocabulary.planning import DueBy
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.paging import ItemPage, by_number
from dashboard.http.api.parameters import DevicePageQuery, PageQuery, Parameters, device_named
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from storage.records import MadeReport, ScheduledTask, WorkOrder
from storage.records import base as table_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows


class TaskItem(ApiItem):
    """One time that a plan asks for its work, with its order if that is open."""

    id: int
    device: str
    plan: str
    title: str
    due_at: ApiTime
    due_by: DueBy
    opens_at: ApiTime
    late_at: ApiTime
    planned_at: ApiTime | None
    is_overdue: bool
    order: int | None


class WindowItem(ApiItem):
    """A time in which nobody is told of what it is about; an empty field is any."""

    id: int
    kind: WindowKind
    device: str
    component: str
    rule: str
    start: ApiTime
    end: ApiTime
    is_open: bool
    repeats: Repetition
    by: str
    reason: str
    order: int | None


class ReportItem(ApiItem):
    """A report that was made by its schedule."""

    id: int
    kind: str
    calendar: str
    month: str
    language: str
    made_at: ApiTime
    title: str
    text: str
    files: list[str]


def tasks(query: DevicePageQuery) -> ItemPage[TaskItem]:
    """What is neither done nor skipped."""
    now = stores.now()
    device = None if query.device is None else device_named(query.device).id
    with stores.records().reading() as db:
        rows = task_rows.open_tasks(db, device)
        orders = order_rows.orders_of_tasks(db, [row.id for row in rows])
    page, cursor = by_number(query, rows, lambda row: row.id)
    return ItemPage([_task(row, orders.get(row.id), now) for row in page], cursor)


def windows(_query: Parameters) -> list[WindowItem]:
    """Open, or to come; the next to begin first."""
    return [WindowItem.model_validate(row) for row in alert_queries.windows()]


def reports(query: PageQuery) -> ItemPage[ReportItem]:
    """Reports, newest first. Any month's can be made on the page of reports."""
    with stores.records().reading() as db:
        rows = table_rows.all_rows(db, MadeReport)
    page, cursor = by_number(query, rows, lambda row: row.id)
    return ItemPage([ReportItem.model_validate(row) for row in page], cursor)


def _task(row: ScheduledTask, order: WorkOrder | None, now: int) -> TaskItem:
    device = stores.site().devices.get(row.device)
    plan = device.plan(row.plan) if device else None
    return TaskItem(
        id=row.id,
        device=row.device,
        plan=row.plan,
        title=row.plan if plan is None else plan.title,
        due_at=row.due_at,
        due_by=row.due_by,
        opens_at=row.opens_at,
        late_at=row.late_at,
        planned_at=row.planned_at,
        is_overdue=row.late_at <= now,
        order=None if order is None else order.id,
    )


ENDPOINTS = [
    ReadEndpoint("/tasks", "Planned work", DevicePageQuery, TaskItem, tasks, is_list=True),
    ReadEndpoint("/windows", "Maintenance windows", Parameters, WindowItem, windows, is_list=True),
    ReadEndpoint(
        "/reports", "Reports that were made", PageQuery, ReportItem, reports, is_list=True
    ),
]
