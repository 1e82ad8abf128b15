"""What the simulated devices send, from what their meters show. Pure: no socket, no file."""

from simulator.wire.logs import log_text
from simulator.wire.mqtt import Publish, SensorFirmware, mqtt_messages
from simulator.wire.snmp import SnmpRaw, snmp_answers

__all__ = ["Publish", "SensorFirmware", "SnmpRaw", "log_text", "mqtt_messages", "snmp_answers"]
