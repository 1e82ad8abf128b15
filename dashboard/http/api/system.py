"""How Scanward itself is: the facts of the page System, and its diagnostics as a file."""

from core.finding import Outcome
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.file_endpoint import ApiFile, FileEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.parameters import Parameters
from dashboard.queries import stores
from dashboard.queries import system as system_queries
from dashboard.system.diagnostics import FILE_NAME, diagnostics
from dashboard.system.doctor_run import DoctorRun, DoctorState
from dashboard.system.model import BackupFacts, SystemFacts
from storage.files.process_sign import ProcessState, ProcessStatus


class ProcessItem(ApiItem):
    """A process, or a part that is as good as one; `cpu_share` is of one core."""

    name: str
    state: ProcessState
    began_at: ApiTime | None
    moved_at: ApiTime | None
    version: str | None
    memory_bytes: int | None
    cpu_share: float | None
    waiting: str


class DiskItem(ApiItem):
    """The disk of the storage folder; without `bytes_a_day` it was watched for too short a time."""

    free_bytes: int
    total_bytes: int
    bytes_a_day: int | None
    days_left: int | None


class StoreItem(ApiItem):
    """What a store takes, in bytes; null: its server does not tell."""

    name: str
    size: int | None


class TrialItem(ApiItem):
    """The last trial restore of a backup."""

    at: ApiTime
    backup: str
    is_whole: bool
    text: str


class BackupItem(ApiItem):
    """The newest backup; `every_ms` is the plan."""

    at: ApiTime | None
    size: int | None
    count: int
    every_ms: int


class QueueItem(ApiItem):
    """What must leave by one channel."""

    channel: str
    waiting: int
    oldest_at: ApiTime | None
    failed: int
    error: str
    left_at: ApiTime | None


class CertificateItem(ApiItem):
    """A certificate of our own."""

    name: str
    ends_at: ApiTime | None


class OffsetItem(ApiItem):
    """A device whose clock is wrong by so much."""

    device: str
    offset: str


class SystemClockItem(ApiItem):
    """This machine's clock; null: nobody can tell."""

    is_synchronised: bool | None
    offsets: list[OffsetItem] | None
    may_be_ours: bool


class SchemaItem(ApiItem):
    """The version of a store's tables, and that of this Scanward."""

    store: str
    version: str | None
    newest: str


class MailboxItem(ApiItem):
    """How far a mailbox has been read."""

    name: str
    replies: int
    unmatched: int


class TokenItem(ApiItem):
    """A token that is good now."""

    id: int
    name: str
    owner: str
    scopes: list[str]
    made_at: ApiTime
    expires_at: ApiTime | None
    last_used_at: ApiTime | None


class FindingItem(ApiItem):
    """A finding of the doctor's."""

    outcome: Outcome
    what: str
    text: str


class CheckItem(ApiItem):
    """The doctor's last run."""

    state: DoctorState
    by: str
    began_at: ApiTime
    ended_at: ApiTime | None
    lines: list[FindingItem]


class SystemItem(ApiItem):
    """All of it. What is null cannot be known now, or was never; `trouble` says why a part cannot be read."""

    at: ApiTime
    version: str
    processes: list[ProcessItem]
    disk: DiskItem | None
    stores: list[StoreItem] | None
    is_backup_planned: bool
    backup: BackupItem | None
    trial: TrialItem | None
    queues: list[QueueItem] | None
    certificates: list[CertificateItem] | None
    clock: SystemClockItem
    schemas: list[SchemaItem]
    mailboxes: list[MailboxItem] | None
    tokens: list[TokenItem] | None
    check: CheckItem | None
    trouble: dict[str, str]


def system(_query: Parameters) -> SystemItem:
    """As it is now."""
    facts = system_queries.known_facts()
    same = (
        *("at", "version", "stores", "is_backup_planned", "trial", "queues", "certificates"),
        *("schemas", "mailboxes", "tokens", "trouble"),
    )
    return SystemItem(
        **{name: getattr(facts, name) for name in same},
        processes=[_process(status) for status in facts.processes],
        disk=_disk(facts),
        backup=None if facts.backup is None else _backup(facts.backup),
        clock=_clock(facts),
        check=None if facts.doctor is None else _check(facts.doctor),
    )


def system_diagnostics(_query: Parameters) -> ApiFile:
    """The ZIP, part by part."""
    parts = diagnostics(system_queries.known_facts(), stores.site(), stores.records())
    return ApiFile(FILE_NAME, ZIP, parts)


def _process(status: ProcessStatus) -> ProcessItem:
    names = ("began_at", "version", "memory_bytes", "cpu_share")
    return ProcessItem(
        name=status.name,
        state=status.state,
        moved_at=status.moved_at,
        waiting=status.waiting,
        **{name: getattr(status.note, name, None) for name in names},
    )


def _disk(facts: SystemFacts) -> DiskItem | None:
    if facts.disk is None:
        return None
    now, pace = facts.disk.now, facts.disk.pace
    return DiskItem(
        free_bytes=now.free,
        total_bytes=now.total,
        bytes_a_day=None if pace is None else pace.bytes_a_day,
        days_left=None if pace is None else pace.days_left(now.free),
    )


def _backup(backup: BackupFacts) -> BackupItem:
    return BackupItem(at=backup.at, size=backup.size, count=backup.count, every_ms=backup.every)


def _clock(facts: SystemFacts) -> SystemClockItem:
    clock = facts.clock
    offsets = None
    if clock.offsets is not None:
        offsets = [OffsetItem(device=device, offset=text) for device, text in clock.offsets]
    return SystemClockItem(
        is_synchronised=clock.is_synchronised, offsets=offsets, may_be_ours=clock.may_be_ours
    )


def _check(run: DoctorRun) -> CheckItem:
    return CheckItem.model_validate(run, from_attributes=True)


ZIP = "application/zip"
ENDPOINTS = [
    ReadEndpoint(
        "/system", "How Scanward itself is", Parameters, SystemItem, system, right="see the system"
    ),
    FileEndpoint(
        "/system/diagnostics",
        "Diagnostics of Scanward itself, without secrets and patient data",
        Parameters,
        [ZIP],
        system_diagnostics,
        right="see the system",
    ),
]
