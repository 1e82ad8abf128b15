"""The simulated devices on the wire: SNMP agents, MQTT, log files."""
