"""What the scrubber would take out of a ticket's bundle, and the words of it that a person keeps."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import DAY
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.gather import machine_texts, scrubber_of
from maintenance.bundle.privacy.preview import CutText, cut_texts, keepable_word
from maintenance.tickets.lifecycle import find
from storage.records import AllowedWord, Records
from storage.records.allowed_words import allowed_words
from storage.records.transaction import Transaction, needs
from storage.series.store import SeriesStore

MOST_SHOWN = 40  # texts of machines, which repeat themselves


class BundlePreview(NamedTuple):
    """The texts of which something would go, those of people and those of machines, and what is kept already."""

    written: Sequence[CutText]
    machines: Sequence[CutText]
    allowed: Sequence[str]

    @property
    def keepable(self) -> list[str]:
        """The words that a person may keep, with those that they keep, by the alphabet."""
        cut = (*self.written, *self.machines)
        return sorted({*self.allowed, *(word for text in cut for word in text.keepable)})


def preview(
    site: Site, records: Records, ticket_id: int, now: int, series: SeriesStore | None = None
) -> BundlePreview:
    """Of what people wrote about the ticket, its orders and notes; with `series` of its machines' last day too."""
    with records.reading() as db:
        ticket = find(db, ticket_id)
        device = site.device(ticket.device).id
        facts = facts_of(db, device, ticket_id)
        notes = notes_of(db, device, now)
        request = BundleRequest(device, now - DAY, now, now, None, ticket_id, facts, notes)
        scrubber = scrubber_of(site, db, request)
        allowed = [row.word for row in allowed_words(db, ticket_id)]
    written = [fact.value for fact in facts if not fact.serial] + [note.text for note in notes]
    texts = machine_texts(site, series, request) if series is not None else []
    machines = cut_texts(scrubber, texts)[:MOST_SHOWN]
    return BundlePreview(cut_texts(scrubber, written), machines, allowed)


@needs("keep a word for a supplier")
def keep_words(tx: Transaction, ticket_id: int, words: Collection[str]) -> list[AllowedWord]:
    """These words and no others stay in the ticket's bundles, in any of their texts.

    Not where somebody is spoken of, nor beside what is taken out: the scrubber judges that each time.
    """
    find(tx.db, ticket_id)
    for word in words:
        if not keepable_word(word):
            raise RefusedError(
                "{word!r} is not a word of Latin letters alone: it cannot be kept", word=word
            )
    chosen = {keepable_word(word) for word in words}
    rows = {row.word: row for row in allowed_words(tx.db, ticket_id)}
    for word, row in rows.items():
        if word not in chosen:
            tx.db.delete(row)
    for word in sorted(chosen - set(rows)):
        tx.db.add(AllowedWord(ticket_id=ticket_id, word=word, at=tx.now, who=tx.by))
    tx.db.flush()
    return allowed_words(tx.db, ticket_id)
