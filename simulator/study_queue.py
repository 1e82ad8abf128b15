"""The studies of one device between its table and the network: begun, and ready to be sent."""

from collections import deque
from heapq import heappop, heappush
from itertools import count

from core.time.clock import DAY
from simulator.faults import FaultTimeline
from simulator.physics.study import SimulatedStudy, study_of
from simulator.physics.usage import Schedule

ARCHIVED_MS = DAY


class StudyQueue:
    """Each study once, in the order in which it begins or is sent, however often it is asked."""

    def __init__(
        self,
        device: str,
        kind: str,
        schedule: Schedule,
        seed: int,
        faults: FaultTimeline,
        start: int,
    ) -> None:
        self._device, self._kind, self._seed = device, kind, seed
        self._schedule, self._faults = schedule, faults
        self._at = start
        self._number = count()  # of two that are sent in the same millisecond
        self._waiting: list[tuple[int, int, SimulatedStudy]] = []
        self._sent: deque[SimulatedStudy] = deque()

    def started(self, until: int) -> list[SimulatedStudy]:
        """Those that began since the last call, up to `until` (UTC milliseconds)."""
        if until <= self._at:
            return []
        studies = self.between(self._at, until)
        self._at = until
        for study in studies:
            heappush(self._waiting, (study.sent_at, next(self._number), study))
        return studies

    def between(self, begin: int, end: int) -> list[SimulatedStudy]:
        """Those that begin after `begin` and not after `end`, UTC milliseconds; one without mains is none."""
        studies = [
            study_of(examination, self._device, self._kind, self._seed, self._faults)
            for examination in self._schedule.examinations(begin, end)
        ]
        return [study for study in studies if study.series]

    def due(self, until: int) -> list[SimulatedStudy]:
        """Of those that `started` gave, what is sent up to `until` (UTC milliseconds), first sent first."""
        due = []
        while self._waiting and self._waiting[0][0] <= until:
            due.append(heappop(self._waiting)[2])
        self._sent.extend(due)
        while self._sent and self._sent[0].sent_at < until - ARCHIVED_MS:
            self._sent.popleft()
        return due

    @property
    def lately_sent(self) -> list[SimulatedStudy]:
        """Those of the last day: what an archive holds that has been there before."""
        return list(self._sent)
