"""Modality performed procedure steps (MPPS): what may follow on what. Pure but for what it remembers.

Statuses of N-CREATE and N-SET: PS3.7 annex C and PS3.4 F.7.2.
"""

from collections.abc import Iterable
from datetime import tzinfo

from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.dicom_times import read_moment
from core.time.clock import DAY, HOUR, believable
from storage.examinations.entries import StepEntry, StepState
from storage.examinations.uid_hash import UidHasher

SUCCESS, UNKNOWN_STEP, DUPLICATE, MAY_NOT_CHANGE = 0x0000, 0x0112, 0x0111, 0x0110
INVALID_VALUE, MISSING_VALUE = 0x0106, 0x0120

ABANDONED_AFTER = 24 * HOUR  # our default: the standard lets a step be in progress for ever
REMEMBERED = 30 * DAY  # how long after its beginning a step may still be set
_STATES: dict[str, StepState] = {
    "IN PROGRESS": "in progress",
    "COMPLETED": "completed",
    "DISCONTINUED": "discontinued",
}
_FINAL = ("completed", "discontinued")


class StepBook:
    """The steps of a site that may still change, and those that lately ended."""

    def __init__(self, hasher: UidHasher, zone: tzinfo) -> None:
        self._hasher = hasher
        self._zone = zone
        self._steps: dict[bytes, StepEntry] = {}

    def remember(self, steps: Iterable[StepEntry]) -> None:
        """What the ledger has, after a start."""
        self._steps.update({step.step: step for step in steps})

    def create(
        self, uid: str, step: Attributes, device: str | None, now: int
    ) -> tuple[int, StepEntry | None]:
        """The status of an N-CREATE, and what follows from it; nothing of nobody's device."""
        key = self._hasher.hash(uid)
        if key in self._steps:
            return DUPLICATE, None
        state = _STATES.get(step.text("PerformedProcedureStepStatus").upper())
        if state is None:
            return MISSING_VALUE, None
        if state != "in progress":
            return INVALID_VALUE, None
        study = step.item("ScheduledStepAttributesSequence").text("StudyInstanceUID")
        began = self._moment(step, "Start", now)
        entry = StepEntry(device or "", self._hasher.hash(study or uid), key, state, began)
        self._steps[key] = entry
        self._forget(now)
        return SUCCESS, entry if device else None

    def set(self, uid: str, changes: Attributes, now: int) -> tuple[int, StepEntry | None]:
        """The status of an N-SET, and what follows from it."""
        known = self._steps.get(self._hasher.hash(uid))
        if known is None:
            return UNKNOWN_STEP, None
        if known.state in _FINAL:
            return MAY_NOT_CHANGE, None
        text = changes.text("PerformedProcedureStepStatus").upper()
        state = _STATES.get(text, known.state)
        if text and text not in _STATES:
            return INVALID_VALUE, None
        ended = max(known.began_at, self._moment(changes, "End", now)) if state in _FINAL else None
        entry = known._replace(state=state, ended_at=ended)
        self._steps[known.step] = entry
        return SUCCESS, entry if known.device else None

    def restore(self, uid: str, before: StepEntry | None) -> None:
        """As it was before: what was to follow could not be stored."""
        key = self._hasher.hash(uid)
        if before is None:
            self._steps.pop(key, None)
        else:
            self._steps[key] = before

    def known(self, uid: str) -> StepEntry | None:
        """The step as it is now."""
        return self._steps.get(self._hasher.hash(uid))

    def abandon(self, now: int) -> list[StepEntry]:
        """Closes what has been in progress for a day; how each of them is now."""
        closed = [
            step._replace(state="abandoned")
            for step in self._steps.values()
            if step.state == "in progress" and step.began_at < now - ABANDONED_AFTER
        ]
        self._steps.update({step.step: step for step in closed})
        return [step for step in closed if step.device]

    def _moment(self, step: Attributes, end: str, now: int) -> int:
        day = step.text(f"PerformedProcedureStep{end}Date")
        time = step.text(f"PerformedProcedureStep{end}Time")
        at = read_moment(day, time, self._zone)
        # A clock that is wrong is not used: a step is created when it begins and set when it ends.
        return at if at is not None and at > now - DAY and believable(at, now) else now

    def _forget(self, now: int) -> None:
        if len(self._steps) > 10_000:
            self._steps = {
                key: step for key, step in self._steps.items() if step.began_at > now - REMEMBERED
            }
