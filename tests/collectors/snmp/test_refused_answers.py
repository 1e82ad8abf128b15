"""What is heard but refused is counted and named; what is the agent's own, from wherever, is read."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from collectors.snmp import sources
from tests.collectors.snmp.ber import Request, response
from tests.collectors.snmp.cast import T0, device, site, snmp
from tests.collectors.snmp.own_agent import honest, own_agent
from tests.collectors.snmp.ups_agent import ALL_THIRTEEN, PROFILE, Polls, polled, ups

pytestmark = pytest.mark.servers


@contextmanager
def second_address() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        try:
            other.bind(("127.0.0.2", 0))
        except OSError:
            pytest.skip("no second loopback address here")
        yield other


def poll_agent_with_two_addresses(**settings: Any) -> Polls:
    result = Polls()

    async def play(other: socket.socket) -> None:
        async with own_agent(lambda _: []) as agent:

            def answer_from_the_other(request: Request) -> list[bytes]:
                for datagram in honest(ups())(request):
                    other.sendto(datagram, agent.last_asker)
                return []

            agent.behave(answer_from_the_other)
            source = snmp(agent.port, timeout="200ms", every="30s", **settings)
            (loop,) = sources(site(device(source, profile=PROFILE)), result.sink, lambda: T0)
            await loop.once()
            result.last_error = loop.last_error

    with second_address() as other:
        asyncio.run(play(other))
    return result


def test_an_answer_from_another_address_is_named(caplog: pytest.LogCaptureFixture) -> None:
    polls = poll_agent_with_two_addresses()

    assert polls.up == [0.0]
    assert polls.values == set()
    assert "an answer came from 127.0.0.2" in polls.last_error
    assert "answers_from" in caplog.text
    assert "wrong community" not in caplog.text


def test_an_answer_from_another_address_of_the_agent_is_read_if_the_site_says_so() -> None:
    polls = poll_agent_with_two_addresses(answers_from=["127.0.0.2"])

    assert polls.up == [1.0]
    assert polls.values == ALL_THIRTEEN


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: [response(r._replace(community=b"x"), [])], "named another community"),
        (lambda r: [response(r, [], shift=-3)], "came too late"),
        (lambda r: [response(r, [], shift=7)], "was to another question"),
        (lambda r: [response(r._replace(version=0), [])], "was of another SNMP version"),
        (lambda r: [b"\x30\x03abc"], "could not be decoded"),
    ],
)
def test_what_was_heard_but_refused_is_counted_and_named(
    spoil: Callable[[Request], list[bytes]], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    polls = polled(spoil)

    assert polls.up == [0.0]
    assert words in caplog.text
    assert words in polls.last_error
    assert "wrong community" not in caplog.text


def test_silence_is_still_explained_as_before(caplog: pytest.LogCaptureFixture) -> None:
    polled(lambda _: [])

    assert "wrong community and wrong privacy password also look like this" in caplog.text


def test_an_answer_to_the_first_asking_is_one_to_the_second() -> None:
    held: list[bytes] = []

    def slow(request: Request) -> list[bytes]:
        """Always one datagram late: what it answers to a repetition it worked out before."""
        answer = honest(ups())(request)
        late, held[:] = list(held), answer
        return late

    polls = polled(slow, retries=3)

    assert polls.up == [1.0]
    assert polls.values <= ALL_THIRTEEN
    assert len(polls.values) == 13


def test_answers_that_come_twice_change_nothing() -> None:
    polls = polled(lambda request: honest(ups())(request) * 2, polls=2)

    assert polls.values == ALL_THIRTEEN
    assert polls.up == [1.0, 1.0]


def test_what_came_beside_the_answers_of_a_living_agent_is_named() -> None:
    def twice_and_once_wrong(request: Request) -> list[bytes]:
        (right,) = honest(ups())(request)
        return [*honest(ups())(request._replace(community=b"other")), right]

    polls = polled(twice_and_once_wrong)

    assert polls.up == [1.0]
    assert polls.values == ALL_THIRTEEN
    assert "an answer named another community (" in polls.last_error


def test_an_agent_that_answers_as_it_should_leaves_no_word() -> None:
    assert polled(honest(ups())).last_error == ""
