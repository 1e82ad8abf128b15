"""What a device tells: readings and events, and the batch that carries both to the store.

Time inside Scanward is `int` UTC milliseconds, as it is stored; `datetime` appears only where a
person or a device's text is read (core/time/clock.py). One type all the way keeps the hot path plain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from core.vocabulary.readings import Quality
from core.vocabulary.severity import Severity


class Reading(NamedTuple):
    """One number from one device. `value` is finite, in the unit the metric's name carries."""

    device: str
    metric: str
    value: float
    at: int  # UTC milliseconds
    component: str = ""
    quality: Quality = "good"


class Event(NamedTuple):
    """Something a device said in words, already free of anything its profile does not name."""

    device: str
    kind: str
    text: str
    at: int  # UTC milliseconds
    severity: Severity = "info"
    component: str = ""
    code: str = ""
    quality: Quality = "good"


UP = "up"  # the metric of each source that says whether it answers

# The kind of the event that stands where an answer was no believable number of a metric. Its text
# begins with the metric and a colon, and its component is the one that the reading would have had.
BAD_ANSWER = "bad_answer"

# The kinds of the events in which a source itself is the subject. Their component is that of its `up`.
# What they name stands behind a colon in the text, or is the `code`.
NOT_UNDERSTOOD = "not_understood"  # it speaks, but says nothing that its profile knows: keys ...
UNDERSTOOD = "understood"  # the end of that
UNKNOWN_PROBE = "unknown_probe"  # a probe that is not in the site file
DEVICE_CLOCK = "device_clock"  # its clock is wrong by `code`, or right again (no code)
SOURCE_KINDS = (NOT_UNDERSTOOD, UNDERSTOOD, UNKNOWN_PROBE, DEVICE_CLOCK)

BAD_RECORD = "bad_record"  # lines of a log that are not of its format
LOG_GAP = "log_gap"  # a part of a log was gone before it could be read
# What a scanner's own objects tell (collectors/dicom/receiver).
SOFTWARE_CHANGED = "software_version_changed"
CALIBRATED = "detector_calibrated"
STEP_ABANDONED = "step_abandoned"  # begun, and never ended
DOSE_REPORT_DOUBT = (
    "dose_report_doubt"  # its totals and its events disagree, or a unit is not known
)
PHANTOM_UNFIT = "phantom_unfit"  # an image named as a phantom's that cannot be measured
DICOM_EVENTS = (SOFTWARE_CHANGED, CALIBRATED, STEP_ABANDONED, DOSE_REPORT_DOUBT, PHANTOM_UNFIT)
UNKNOWN_SENDER = "unknown_sender"  # a PACS has images of a machine that is not in the site file
UNDATED_IMAGES = "undated_images"  # images of which nobody knows when they were made
LATE_EXAMINATIONS = "late_examinations"  # older than what can still be corrected
OWN_EVENTS = (
    *(BAD_ANSWER, BAD_RECORD, LOG_GAP, UNKNOWN_SENDER, UNDATED_IMAGES, LATE_EXAMINATIONS),
    *SOURCE_KINDS,
    *DICOM_EVENTS,
)  # that no profile names


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer gave. Stored whole or not at all.

    `positions` says how far a source has been read (a log file's offset), and is saved in the same
    commit as what was read, so a restart neither repeats nor skips. A batch for which no peer waits may
    itself wait to be stored with others: a commit costs more than what is in it.
    """

    readings: list[Reading] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    positions: Mapping[str, str] = field(default_factory=dict)
    may_wait_s: float = 0.0  # seconds

    def __bool__(self) -> bool:
        return bool(self.readings or self.events or self.positions)
