"""Series that belong to no device of the site: counted by the name of their sender, and named. Pure."""

from collections.abc import Iterable

from collectors.dicom.archive.parse import IntakeTally
from core.readings import UNDATED_IMAGES, UNKNOWN_SENDER, Event
from storage.examinations.entries import OtherSeriesEntry, SeriesEntry

STRANGER = " "  # in a label and in no device's id
_MOST = 100  # labels; a name that a person types anew each day must not fill the ledger
_OTHERS = "many other names"
_MOST_NAMED = 6


class UnknownSenders:
    """The labels that are known already."""

    def __init__(self, labels: set[str]) -> None:
        self.labels = labels
        self._reported = set(labels)

    def bounded(self, entry: SeriesEntry | OtherSeriesEntry) -> SeriesEntry | OtherSeriesEntry:
        """The entry, under a common label if there are too many of them."""
        label = entry.device
        if STRANGER not in label or label in self.labels:
            return entry
        if len(self.labels) >= _MOST:
            return entry._replace(device=_OTHERS)
        self.labels.add(label)
        return entry

    def news(self, tally: IntakeTally, device: str, at: int, component: str) -> Iterable[Event]:
        """One event that names those that were not there before."""
        new = {label: tally.series[label] for label in sorted(self.labels - self._reported)}
        self._reported |= self.labels
        if not new:
            return []
        text = f"Images of nobody in the site file: {named(new)}"
        return [Event(device, UNKNOWN_SENDER, text, at, "warning", component)]


def named(counts: dict[str, int]) -> str:
    """`station CT99 (12 series), AE title X (3 series) and 4 more`; names of machines, not of patients."""
    largest = sorted(counts, key=lambda label: (-counts[label], label))
    texts = [f"{label} ({counts[label]} series)" for label in largest[:_MOST_NAMED]]
    more = f" and {len(largest) - _MOST_NAMED} more" if len(largest) > _MOST_NAMED else ""
    return ", ".join(texts) + more


def doubt_event(tally: IntakeTally, device: str, at: int, component: str) -> Iterable[Event]:
    """What was left out, or counted for its day alone."""
    if not tally.doubts:
        return []
    words = ", ".join(f"{count} {doubt}" for doubt, count in sorted(tally.doubts.items()))
    text = f"Series in doubt: {words}"
    return [Event(device, UNDATED_IMAGES, text, at, "warning", component, quality="bad")]
