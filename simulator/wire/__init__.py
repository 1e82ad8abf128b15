"""How the pretend devices say on the wire what their meters show. Pure: no socket, no file."""

from simulator.wire.logs import log_text
from simulator.wire.mqtt import Publish, Sensor, mqtt_messages
from simulator.wire.snmp import SnmpRaw, snmp_answers

__all__ = ["Publish", "Sensor", "SnmpRaw", "log_text", "mqtt_messages", "snmp_answers"]
