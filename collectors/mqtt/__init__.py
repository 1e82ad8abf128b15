"""Collects what devices and sensors publish on the site's MQTT broker."""

from collectors.mqtt.examination import examine
from collectors.mqtt.probing import probe
from collectors.mqtt.source import sources

__all__ = ["examine", "probe", "sources"]
