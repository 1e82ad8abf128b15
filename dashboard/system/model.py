"""The facts about Scanward itself. What nobody can know is None, and never stands for "well"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.system.doctor_run import DoctorRun
from storage.backup.trial import BackupTrial
from storage.files.disk_history import FREE_FAIL, FREE_WARN, DiskPace, DiskSample
from storage.files.process_sign import ProcessState, ProcessStatus
from storage.records.queues import BY_HAND

# What the components show of the stores they know by this module.
__all__ = [
    "FREE_FAIL",
    "FREE_WARN",
    "BackupFacts",
    "CertificateFacts",
    "ClockFacts",
    "DiskFacts",
    "MailboxFacts",
    "ProcessState",
    "ProcessStatus",
    "QueueFacts",
    "SchemaFacts",
    "StoreSize",
    "SystemFacts",
    "TokenFacts",
]


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """The disk of the storage folder; `pace` is None while it was watched for too short a time."""

    now: DiskSample
    pace: DiskPace | None


@dataclass(frozen=True, slots=True)
class StoreSize:
    """What one store takes on the disk; None: its server does not tell."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """The backups of a site that plans them; times are UTC ms, `every` milliseconds."""

    folder: str
    every: int
    count: int
    at: int | None = None  # of the newest; None: there is none
    size: int | None = None  # of the newest, in bytes; None: its list cannot be read


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What must leave by one channel."""

    channel: str
    waiting: int
    oldest_at: (
        int | None
    )  # when the oldest that waits came to be; None: nobody knows, or nothing waits
    failed: int  # given up, within `in_records.FAILED_WITHIN`
    error: str  # of the newest that did not leave
    left_at: int | None  # when anything last left; None: nothing ever did

    @property
    def is_by_hand(self) -> bool:
        """People send what waits in it."""
        return self.channel == BY_HAND


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate of our own; `ends_at` is None if it cannot be read."""

    name: str
    ends_at: int | None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """This machine's clock."""

    is_synchronised: bool | None  # by a time service; None: the system does not tell
    offsets: tuple[tuple[str, str], ...] | None  # devices that are off by so much, learned

    @property
    def may_be_ours(self) -> bool:
        """Three devices or more are off by the same: then it is rather this clock that is wrong."""
        texts = [text for _, text in self.offsets or ()]
        return any(texts.count(text) >= 3 for text in texts)


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """The version of a store's tables; None if there are none yet or they cannot be read."""

    store: str
    version: str | None
    newest: str  # that this Scanward works with


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """How far a mailbox has been read."""

    name: str
    replies: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token that is good now."""

    id: int
    name: str
    owner: str
    scopes: tuple[str, ...]
    made_at: int
    expires_at: int | None
    last_used_at: int | None


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """Everything. A part that cannot be read is None, and `trouble` says why by its name."""

    at: int
    version: str
    processes: tuple[ProcessStatus, ...]
    disk: DiskFacts | None
    stores: tuple[StoreSize, ...] | None
    backup: BackupFacts | None  # also None if none is planned
    is_backup_planned: bool
    trial: BackupTrial | None  # None: never tried
    queues: tuple[QueueFacts, ...] | None
    certificates: tuple[CertificateFacts, ...] | None
    clock: ClockFacts
    schemas: tuple[SchemaFacts, ...]
    mailboxes: tuple[MailboxFacts, ...] | None
    tokens: tuple[TokenFacts, ...] | None
    doctor: DoctorRun | None  # None: never
    trouble: Mapping[str, str] = field(default_factory=dict)
