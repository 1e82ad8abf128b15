"""A broker that runs, and one who publishes to it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.mosquitto import PASSWORD, USER, Mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker."""
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def publisher(broker: Mosquitto) -> Iterator[paho.Client]:
    """A device that publishes, and tries again while the broker is away."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="sensor", clean_session=False)
    client.username_pw_set(USER, PASSWORD)
    client.tls_set_context(ssl.create_default_context(cafile=broker.ca))
    client.reconnect_delay_set(1, 1)
    client.will_set("probe/online", "offline", qos=1, retain=True)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()
