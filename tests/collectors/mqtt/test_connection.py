"""The small judgements about connections: how long to wait, and what a refusal means."""

import socket
import ssl

import pytest

from collectors.mqtt.backoff import ReconnectBackoff
from collectors.mqtt.connect_errors import refused, unreachable
from collectors.mqtt.connection import Arrivals
from core.schema.broker import Broker

BROKER = Broker(host="broker.example", user="scanward")


def test_waiting_doubles_to_two_minutes_and_starts_anew_after_a_good_time() -> None:
    backoff = ReconnectBackoff()
    waits = [backoff.after(connected_s=0, permanent=False) for _ in range(12)]
    assert 0.5 <= waits[0] <= 1
    assert 60 <= waits[-1] <= 120
    assert backoff.after(connected_s=60, permanent=False) <= 1
    assert backoff.after(connected_s=60, permanent=True) >= 60


@pytest.mark.parametrize("code", [132, 133, 134, 135, 136, 151])
def test_only_a_broker_that_is_not_available_is_waited_for(code: int) -> None:
    assert refused(BROKER, code).permanent == (code != 136)


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (ssl.SSLCertVerificationError("bad"), True),
        (ssl.SSLError("bad"), True),
        (FileNotFoundError(2, "no such file"), True),
        (socket.gaierror(-2, "unknown"), False),
        (TimeoutError(), False),
        (ConnectionRefusedError(111, "Connection refused"), False),
        (ValueError("Invalid host."), False),
    ],
)
def test_every_failure_of_a_connection_is_explained(error: Exception, permanent: bool) -> None:
    explained = unreachable(BROKER, error)
    assert explained.permanent == permanent
    assert str(explained).startswith("broker broker.example:1883: ")


def test_two_messages_of_one_topic_never_arrive_in_the_same_millisecond() -> None:
    arrivals = Arrivals(lambda: 1000)
    assert [arrivals.on("a"), arrivals.on("a"), arrivals.on("b")] == [1000, 1001, 1000]
