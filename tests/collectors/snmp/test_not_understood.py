"""An agent that answers, and has nothing of what its profile asks for: that is said once, with its end."""

import pytest

from core.readings import NOT_UNDERSTOOD, UNDERSTOOD
from tests.collectors.snmp.ber import integer
from tests.collectors.snmp.own_agent import Mib, honest
from tests.collectors.snmp.test_honest_agents import mib, polled, profile

pytestmark = pytest.mark.servers

OTHER: Mib = {(1, 3, 6, 1, 2, 1, 1, 7, 0): integer(72)}


def test_an_agent_of_another_kind_answers_but_is_not_understood() -> None:
    sink, _ = polled(honest(OTHER), profile(3, columns=2), polls=3)
    events = [event for batch in sink.batches for event in batch.events]
    assert [event.kind for event in events] == [NOT_UNDERSTOOD]
    assert {reading.metric for batch in sink.batches for reading in batch.readings} == {
        "up",
        "response_ms",
    }


def test_one_that_has_some_of_it_is_understood() -> None:
    sink, _ = polled(honest(mib(1)), profile(3, columns=2), polls=2)
    assert not [e for b in sink.batches for e in b.events if e.kind in (NOT_UNDERSTOOD, UNDERSTOOD)]
