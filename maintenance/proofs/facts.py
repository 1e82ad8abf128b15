"""What a judge hands back: the facts that prove a line, or why nothing does. Pure."""

from dataclasses import dataclass

from core.text.phrase import Phrase


@dataclass(frozen=True, slots=True)
class ProofFact:
    """What was seen of one metric or kind of event. Stored with the answer, and never changed."""

    subject: str  # the metric, or the kind of event
    title: str
    component: str = ""
    unit: str = ""
    count: int = 0  # of readings, or of events
    start: int = 0  # of the window, UTC ms
    end: int = 0
    lowest: float | None = None
    highest: float | None = None
    newest: float | None = None
    newest_at: int | None = None
    low: float | None = None  # accepted
    high: float | None = None
    coverage_pct: float | None = None  # share of the window in which it was read or listened to
    source: str = ""


@dataclass(frozen=True, slots=True)
class ProofVerdict:
    """Facts if the line is proven; else the reasons why not, the weightiest first."""

    facts: tuple[ProofFact, ...] = ()
    reasons: tuple[Phrase, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Every series or event that the proof names was seen as it must be."""
        return bool(self.facts) and not self.reasons

    @property
    def newest(self) -> ProofFact:
        """The fact with the newest reading. ValueError if nothing is proven."""
        return max(self.facts, key=lambda fact: fact.newest_at or 0)
