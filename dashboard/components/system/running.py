"""Lines about what runs: the processes, what waits to leave, the mailboxes, and what the doctor found."""

from collections.abc import Iterator

from core.schema.site import Site
from core.time.clock import HOUR, MINUTE
from dashboard.components.system.line import Standing, SystemLine, line
from dashboard.i18n import t
from dashboard.system.doctor_run import DoctorRun, DoctorState
from dashboard.system.model import ProcessState, ProcessStatus, QueueFacts, SystemFacts
from dashboard.text import format as fmt

# Longer than a few tries take; the engineer's telephone is silent meanwhile. Both are ours.
WAITS_LONG, WAITS_TOO_LONG = 15 * MINUTE, 2 * HOUR

_STATES: dict[ProcessState, tuple[Standing, str]] = {
    "runs": ("ok", "system.runs"),
    "stands_still": ("failed", "system.stands_still"),
    "ended": ("failed", "system.ended"),
    "never": ("failed", "system.never_ran"),
    "unclear": ("unknown", "system.unclear"),
}
_WORK: dict[str, str] = {
    "collect": "system.collect",
    "alert": "system.alert",
    "detect": "system.detect",
    "maintain": "system.maintain",
    "dashboard": "system.dashboard",
    "forward": "system.forward",
    "mail": "system.mail",
    "backup": "system.backup_process",
}
CHECK_STATES: dict[DoctorState, str] = {
    "running": "system.check_running",
    "ended": "system.check_ended",
    "too_long": "system.check_too_long",
    "failed": "system.check_failed",
    "interrupted": "system.check_interrupted",
}


def process_lines(facts: SystemFacts, site: Site) -> list[SystemLine]:
    """A line a process."""
    return [_process(status, facts, site) for status in facts.processes]


def _process(status: ProcessStatus, facts: SystemFacts, site: Site) -> SystemLine:
    standing, word = _STATES[status.state]
    note = status.note
    if note is None:
        return line(standing, _title(status.name), t(word))
    is_other = note.version != facts.version
    if standing == "ok" and (status.waiting or is_other):
        standing = "warning"
    moved = t("system.last_sign", age=fmt.age(status.moved_at, facts.at))
    is_there = status.state in ("runs", "stands_still")
    since = fmt.since(note.began_at, facts.at, site) if is_there else ""
    version = t("system.other_version" if is_other else "system.version", version=note.version)
    use = _use(status) if is_there else ""
    waits = t("system.waits", why=status.waiting) if status.waiting else ""
    return line(standing, _title(status.name), t(word), waits, since, moved, use, version)


def _use(status: ProcessStatus) -> str:
    """Memory and processor of the process, if the system tells them and no other line has them."""
    note = status.note
    if note is None or note.name != status.name:
        return ""
    memory = "" if note.memory_bytes is None else fmt.size(note.memory_bytes)
    share = note.cpu_share
    core = "" if share is None else t("system.core", pct=fmt.number(round(share * 100, 1)))
    return ", ".join(filter(None, (memory, core)))


def _title(name: str) -> str:
    # Isolated: the command is Latin whatever the page speaks.
    return f"{name}: \u2068{t(_WORK[name])}\u2069" if name in _WORK else name


def queue_lines(facts: SystemFacts, site: Site) -> list[SystemLine]:
    """A line a channel, and each mailbox."""
    if facts.queues is None:
        return [unread(facts, "queues", t("system.deliveries"))]
    return [*(_queue(queue, facts, site) for queue in facts.queues), *_mailboxes(facts, site)]


def _queue(queue: QueueFacts, facts: SystemFacts, site: Site) -> SystemLine:
    if queue.is_by_hand:
        age = fmt.age(queue.oldest_at, facts.at) if queue.oldest_at else fmt.ABSENT
        text = t("system.by_hand_waiting", count=queue.waiting + queue.failed, age=age)
        return line("fact", t("system.by_hand"), text)
    waited = 0 if queue.oldest_at is None else facts.at - queue.oldest_at
    # While nobody sends, that nothing waits is no evidence.
    sends = any(status.name == "alert" and status.state == "runs" for status in facts.processes)
    standing: Standing = "ok" if sends and queue.left_at is not None else "unknown"
    if queue.failed or waited > WAITS_TOO_LONG:
        standing = "failed"
    elif waited > WAITS_LONG:
        standing = "warning"
    waiting = t("system.nothing_waits")
    if queue.waiting:
        age = fmt.age(queue.oldest_at, facts.at) if queue.oldest_at else fmt.ABSENT
        waiting = t("system.waiting", count=queue.waiting, age=age)
    failed = t("system.given_up", count=queue.failed) if queue.failed else ""
    left = t("system.nothing_left")
    if queue.left_at is not None:
        left = t("system.left", when=fmt.moment(queue.left_at, facts.at, site))
    return line(standing, queue.channel, failed, waiting, left, queue.error)


def _mailboxes(facts: SystemFacts, site: Site) -> Iterator[SystemLine]:
    if facts.mailboxes is None:
        yield unread(facts, "mailboxes", t("system.mailbox"))
        return
    for box in facts.mailboxes:
        counts = t("system.mailbox_read", replies=box.replies, unmatched=box.unmatched)
        yield line("fact", box.name, counts)
    if site.file.mail is not None and site.file.mail.imap is not None and not facts.mailboxes:
        yield line("unknown", t("system.mailbox"), t("system.mailbox_never"))


def doctor_lines(run: DoctorRun | None) -> list[SystemLine]:
    """What the doctor found, the worst first."""
    order = ("failed", "warning", "ok")
    lines = sorted(run.lines if run else [], key=lambda each: order.index(each.outcome))
    return [SystemLine(each.outcome, each.what, (each.text,), is_foreign=True) for each in lines]


def unread(facts: SystemFacts, part: str, name: str) -> SystemLine:
    """A part that cannot be read, and why."""
    return line("unknown", name, t("system.unreadable", why=facts.trouble.get(part, "")))
