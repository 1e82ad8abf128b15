"""What the records say of Scanward itself."""

from core.schema.site import Site
from core.time.clock import DAY
from dashboard.system.model import MailboxFacts, QueueFacts, TokenFacts
from storage.records import Records, User, accounts
from storage.records import base as table_rows
from storage.records.mail import Mailbox
from storage.records.queues import queue_states

FAILED_WITHIN = 7 * DAY  # what was given up earlier was looked at, or nobody will; ours


def queues(site: Site, records: Records, now: int) -> list[QueueFacts]:
    """Every channel of the site, and what else anything waits for. StoreError."""
    has_mail = site.file.mail is not None
    with records.reading() as db:
        rows = queue_states(db, now - FAILED_WITHIN, has_mail=has_mail)
    states = {state.channel: state for state in rows}
    names = dict.fromkeys([*(channel.id for channel in site.file.channels), *states])
    return [
        QueueFacts(*states[name]) if name in states else QueueFacts(name, 0, None, 0, "", None)
        for name in names
    ]


def mailboxes(records: Records) -> list[MailboxFacts]:
    """Those that were ever read. StoreError."""
    with records.reading() as db:
        rows = table_rows.all_rows(db, Mailbox)
        return [MailboxFacts(row.name, row.replies, row.unmatched) for row in rows]


def tokens(records: Records, now: int) -> list[TokenFacts]:
    """Those that are good now, used last first. StoreError."""
    with records.reading() as db:
        owners = {user.id: user for user in accounts.users(db)}
        rows = [
            row
            for row in accounts.tokens_of(db)
            if row.revoked_at is None and (row.expires_at is None or now < row.expires_at)
        ]
        facts = [
            TokenFacts(
                row.id,
                row.name,
                _name(owners.get(row.user_id)),
                tuple(row.scopes),
                row.made_at,
                row.expires_at,
                row.last_used_at,
            )
            for row in rows
        ]
    return sorted(facts, key=lambda token: -(token.last_used_at or 0))


def _name(owner: User | None) -> str:
    return "" if owner is None else owner.full_name
