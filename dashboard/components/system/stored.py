"""Lines about what lies on the disk and in the stores: room, backups, certificates, clock, versions, tokens."""

from collections.abc import Iterator

from core.schema.site import Site
from core.time.clock import DAY
from dashboard.components.system.line import Standing, SystemLine, line
from dashboard.components.system.running import unread
from dashboard.i18n import t, t_data
from dashboard.system.model import (
    FREE_FAIL,
    FREE_WARN,
    CertificateFacts,
    DiskFacts,
    SystemFacts,
    TokenFacts,
)
from dashboard.system.on_disk import OTHERS
from dashboard.text import format as fmt

# Days until a disk is full: time to buy one, and time to make room. Ours.
DAYS_WARN, DAYS_FAIL = 60, 7
TRIED_WITHIN = 100 * DAY  # a trial restore a quarter; ours
# As the doctor has them: the dashboard's own is renewed with 132 days left, an authority takes long to bring round.
CERTIFICATE_WARN, OWN_WARN, AUTHORITY_WARN = 30 * DAY, 100 * DAY, 365 * DAY


def disk_lines(facts: SystemFacts) -> list[SystemLine]:
    """The disk, and what each store takes."""
    disk = facts.disk
    lines = [unread(facts, "disk", t("system.disk")) if disk is None else _disk(disk)]
    if facts.stores is None:
        return [*lines, unread(facts, "stores", t("system.stores"))]
    for store in facts.stores:
        name = t("system.others") if store.name == OTHERS else store.name
        size = t("system.untold") if store.size is None else fmt.size(store.size)
        lines.append(line("fact", name, size))
    return lines


def _disk(disk: DiskFacts) -> SystemLine:
    free = disk.now.free
    days = disk.pace.days_left(free) if disk.pace else None
    standing: Standing = "ok"
    if free < FREE_FAIL or (days is not None and days < DAYS_FAIL):
        standing = "failed"
    elif free < FREE_WARN or (days is not None and days < DAYS_WARN):
        standing = "warning"
    room = t("system.free", free=fmt.size(free), total=fmt.size(disk.now.total))
    return line(standing, t("system.disk"), room, _pace(disk, days))


def _pace(disk: DiskFacts, days: int | None) -> str:
    if disk.pace is None:
        return t("system.pace_unknown")
    seen = fmt.rough_span(disk.pace.seen_for)
    if days is None:
        return t("system.not_shrinking", seen=seen)
    daily = fmt.size(disk.pace.bytes_a_day)
    return t("system.days_left", days=fmt.number(days), daily=daily, seen=seen)


def backup_lines(facts: SystemFacts, site: Site) -> list[SystemLine]:
    """The newest backup, and its trial."""
    if not facts.is_backup_planned:
        return [line("warning", t("system.backup"), t("system.backup_unplanned"))]
    return [_backup(facts, site), _trial(facts, site)]


def _backup(facts: SystemFacts, site: Site) -> SystemLine:
    name, backup = t("system.backup"), facts.backup
    if backup is None:
        return unread(facts, "backup", name)
    if backup.at is None:
        return line("failed", name, t("system.no_backup", folder=backup.folder))
    is_late = facts.at - backup.at > 2 * backup.every  # two misses: one may be a restart
    when = fmt.moment(backup.at, facts.at, site)
    newest = t("system.newest_backup", when=when, age=fmt.age(backup.at, facts.at))
    size = t("system.untold") if backup.size is None else fmt.size(backup.size)
    plan = t("system.backup_plan", every=fmt.span(backup.every), count=backup.count)
    return line("failed" if is_late else "ok", name, newest, size, plan, backup.folder)


def _trial(facts: SystemFacts, site: Site) -> SystemLine:
    name, trial = t("system.trial"), facts.trial
    if trial is None:
        return line("unknown", name, t("system.never_tried"))
    age = facts.at - trial.at
    standing: Standing = "ok" if trial.is_whole else "failed"
    if trial.is_whole and not 0 <= age <= TRIED_WITHIN:
        standing = "warning"
    word = t("system.trial_whole" if trial.is_whole else "system.trial_failed")
    when = t("system.tried", when=fmt.moment(trial.at, facts.at, site), backup=trial.backup)
    return line(standing, name, word, when, trial.text)


def safety_lines(facts: SystemFacts, site: Site) -> list[SystemLine]:
    """Certificates, the clock, and the versions of the tables."""
    return [*_certificates(facts, site), *_clock(facts, site), *_schemas(facts)]


def _certificates(facts: SystemFacts, site: Site) -> Iterator[SystemLine]:
    if facts.certificates is None:
        yield unread(facts, "certificates", t("system.certificates"))
        return
    for certificate in facts.certificates:
        yield _certificate(certificate, facts, site)
    if not facts.certificates:
        yield line("fact", t("system.certificates"), t("system.no_certificates"))


def _certificate(certificate: CertificateFacts, facts: SystemFacts, site: Site) -> SystemLine:
    name = t("system.certificate", name=certificate.name)
    if certificate.ends_at is None:
        return line("unknown", name, t("system.certificate_unread"))
    left = certificate.ends_at - facts.at
    is_own = site.file.http.tls == "own"
    warn = {"authority": AUTHORITY_WARN, "dashboard": OWN_WARN if is_own else CERTIFICATE_WARN}
    standing: Standing = "ok"
    if left < 0:
        standing = "failed"
    elif left < warn.get(certificate.name, CERTIFICATE_WARN):
        standing = "warning"
    when = fmt.moment(certificate.ends_at, facts.at, site)
    key = "system.certificate_ended" if left < 0 else "system.certificate_left"
    return line(standing, name, t(key, days=fmt.number(abs(left) // DAY), when=when))


def _clock(facts: SystemFacts, site: Site) -> Iterator[SystemLine]:
    clock, name = facts.clock, t("system.clock")
    if clock.is_synchronised is None:
        yield line("unknown", name, t("system.clock_unknown"))
    else:
        key = "system.clock_kept" if clock.is_synchronised else "system.clock_alone"
        yield line("ok" if clock.is_synchronised else "warning", name, t(key))
    if clock.offsets is None:
        yield unread(facts, "clock", t("system.device_clocks"))
    elif clock.offsets:
        texts = [f"{fmt.device(device, site)} {text}" for device, text in clock.offsets]
        doubt = t("system.clock_ours") if clock.may_be_ours else ""
        yield line("warning", t("system.device_clocks"), doubt, *texts)
    else:
        yield line("fact", t("system.device_clocks"), t("system.clocks_agree"))


def _schemas(facts: SystemFacts) -> Iterator[SystemLine]:
    for schema in facts.schemas:
        name = t("system.tables", store=schema.store)
        if schema.store in facts.trouble:
            yield unread(facts, schema.store, name)
        elif schema.version is None:
            yield line("unknown", name, t("system.no_tables"))
        elif schema.version == schema.newest:
            yield line("ok", name, t("system.schema", version=schema.version))
        else:
            other = t("system.other_schema", version=schema.version, newest=schema.newest)
            yield line("warning", name, other)


def token_lines(facts: SystemFacts, site: Site) -> list[SystemLine]:
    """A line a token that is good now."""
    if facts.tokens is None:
        return [unread(facts, "tokens", t("system.tokens"))]
    return [_token(token, facts, site) for token in facts.tokens]


def _token(token: TokenFacts, facts: SystemFacts, site: Site) -> SystemLine:
    used = t("system.never_used")
    if token.last_used_at is not None:
        used = t("system.used", age=fmt.age(token.last_used_at, facts.at))
    ends = t("system.token_endless")
    if token.expires_at is not None:
        ends = t("system.token_ends", when=fmt.moment(token.expires_at, facts.at, site))
    made = t("system.token_made", when=fmt.moment(token.made_at, facts.at, site))
    scopes = ", ".join(map(t_data, token.scopes[:3])) + (" …" if len(token.scopes) > 3 else "")
    return line("fact", f"{token.name} ({token.owner})", used, ends, made, scopes)
