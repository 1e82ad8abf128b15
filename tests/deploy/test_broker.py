"""The broker's accounts and its list of who may write what: deploy/first-start.sh, deploy/mosquitto/acl."""

import getpass
import queue
import subprocess
import threading
import time
from functools import partial
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.deploy.conftest import ROOT, SENSORS, first_start, started
from tests.support.mosquitto import MOSQUITTO
from tests.support.ports import free_port


@pytest.mark.servers
def test_a_sensor_writes_and_hears_its_own_topics_only(project: Path, tmp_path: Path) -> None:
    """Each line of the list, asked of a real broker."""
    if MOSQUITTO is None:
        pytest.skip("needs server: mosquitto is not installed")
    port = free_port()
    secrets = project / "deploy" / "secrets"
    (tmp_path / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\nuser {getpass.getuser()}\n"
        f"password_file {secrets}/mqtt_users\nacl_file {ROOT}/deploy/mosquitto/acl\n"
    )
    broker = subprocess.Popen([MOSQUITTO, "-c", tmp_path / "mosquitto.conf"])
    try:
        password = (secrets / "mqtt_password").read_text()
        heard: queue.Queue[str] = queue.Queue()
        scanward = joined(port, "scanward", password, heard)
        for topic in OWN_TOPICS + OTHERS_TOPICS:
            sensor = joined(port, "dxa-1", (secrets / "sensor_dxa-1").read_text(), queue.Queue())
            sensor.publish(topic, "x", qos=1).wait_for_publish(10)
            sensor.disconnect()
            sensor.loop_stop()
        scanward.publish("cmnd/dxa-1/POWER", "OFF", qos=1).wait_for_publish(10)
        last = joined(port, "room-ct", (secrets / "sensor_room-ct").read_text(), queue.Queue())
        last.publish("tele/room-ct/LWT", "last", qos=1).wait_for_publish(10)
        got = list(iter(partial(heard.get, timeout=20), "tele/room-ct/LWT"))
        assert got == OWN_TOPICS
        for client in (scanward, last):
            client.disconnect()
            client.loop_stop()
    finally:
        broker.terminate()
        broker.wait()


OWN_TOPICS = [
    *("tele/dxa-1/SENSOR", "tele/dxa-1/LWT", "stat/dxa-1/RESULT", "shellies/dxa-1/relay/0/power"),
    *("dxa-1/status", "dxa-1/events/rpc", "scanward/dxa-1/mains_power_w"),
]
OTHERS_TOPICS = [
    *("tele/room-ct/SENSOR", "tele/dxa-10/SENSOR", "cmnd/room-ct/POWER", "cmnd/dxa-1/POWER"),
    *(
        "shellies/room-ct/relay/0/command",
        "room-ct/status",
        "scanward/room-ct/room_temp_c",
        "x",
        "tele",
    ),
    *("homeassistant/sensor/dxa-1/config", "zigbee2mqtt/dxa-1"),
]


def joined(port: int, user: str, password: str, heard: "queue.Queue[str]") -> paho.Client:
    """A client that has asked for everything, and puts into `heard` of what it gets the topic."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=user)
    client.username_pw_set(user, password)
    client.on_message = lambda _client, _data, message: heard.put(message.topic)
    ready = threading.Event()
    client.on_subscribe = lambda *_: ready.set()
    until = time.monotonic() + 20
    while True:
        try:
            client.connect("127.0.0.1", port)
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
    client.loop_start()
    client.subscribe("#", 1)
    assert ready.wait(20)
    return client


def test_a_sensors_account_is_made_once_and_not_of_a_name_that_is_more_than_its_own(
    project: Path, tmp_path: Path
) -> None:
    users = (project / "deploy/secrets/mqtt_users").read_text().splitlines()
    assert [line.split(":")[0] for line in users] == ["scanward", *SENSORS]
    folder = started(tmp_path)
    before = (folder / "deploy/secrets/mqtt_users").read_text()
    first_start(folder, *SENSORS)
    assert (folder / "deploy/secrets/mqtt_users").read_text() == before
    for name in ("tele", "scanward", "shellies", "cmnd", "#", "+", "a/b", "a:b", "", "a b"):
        command = [folder / "deploy" / "first-start.sh", name]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 1, name
        assert "cannot be the name of a sensor" in ended.stdout
    assert (folder / "deploy/secrets/mqtt_users").read_text() == before
