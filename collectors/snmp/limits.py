"""How much one agent answers at a time, as it was learned from its silence and its short answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from collectors.snmp.ber import Oid

WIDTH = 20  # OIDs in one request; a reply then fits one unbroken packet
ROWS = 25  # of one column in one reply
_PAIRS_A_REPLY = 60  # about one unbroken packet


@dataclass(slots=True)
class RequestLimits:
    """What an agent takes. Every step down follows a proof that it lives."""

    width: int = WIDTH  # OIDs in a request
    rows: int = ROWS  # repetitions of a GETBULK; 0: it is walked with GETNEXT
    bulk_proven: bool = False  # a GETBULK brought rows, or GETNEXT brought none either
    mute: set[Oid] = field(default_factory=set)  # OIDs that it meets with silence

    def chunks(self, oids: Sequence[Oid]) -> list[list[Oid]]:
        """The OIDs, as many at a time as one request takes."""
        return [list(oids[at : at + self.width]) for at in range(0, len(oids), self.width)]

    def repeat(self, columns: int) -> int:
        """Rows to ask of so many columns with one GETBULK; 0 asks for GETNEXT."""
        return min(self.rows, max(1, _PAIRS_A_REPLY // columns))

    def narrow(self, width: int) -> None:
        """A request of so many OIDs was too much."""
        self.width = max(1, min(self.width, (width + 1) // 2))

    def shorten(self, columns: int) -> None:
        """A walk of so many columns was too much: fewer rows, then GETNEXT, then fewer columns."""
        repeat = self.repeat(columns)
        if repeat:
            self.rows = repeat // 3
        else:
            self.narrow(columns)
