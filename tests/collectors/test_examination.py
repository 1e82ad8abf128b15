"""A source that answers, and says nothing that its profile knows, is not ok."""

import asyncio
from zoneinfo import ZoneInfo

import pytest

from collectors.base import Now, Sink, Source
from collectors.examination import examine_once
from core.readings import Batch, Reading
from core.schema.site import Site, SiteFile

SITE = Site(SiteFile(id="herat", name="Herat", zone=ZoneInfo("Asia/Kabul"), devices=[]), {})


class _Answering:
    name, last_error = "ups-1 snmp 192.0.2.7:161", ""

    def __init__(self, sink: Sink, batch: Batch) -> None:
        self._sink, self._batch = sink, batch

    async def run(self) -> None:
        await self.once()

    async def once(self) -> None:
        await self._sink.append(self._batch)


@pytest.mark.parametrize(
    ("batch", "outcome"),
    [
        (Batch([Reading("ups-1", "up", 1, 0, "snmp")]), "warning"),
        (Batch([Reading("ups-1", "up", 1, 0, "snmp"), Reading("ups-1", "load_pct", 9, 0)]), "ok"),
        (Batch([Reading("ups-1", "up", 1, 0, "logfile")], positions={"log": "9"}), "ok"),  # a quiet log
    ],
)  # fmt: skip
def test_an_answer_without_a_reading_is_ok_for_a_log_alone(batch: Batch, outcome: str) -> None:
    def sources(_site: Site, sink: Sink, _now: Now) -> list[Source]:
        return [_Answering(sink, batch)]

    (finding,) = asyncio.run(examine_once(sources, SITE, lambda: 0, []))
    assert finding.outcome == outcome
