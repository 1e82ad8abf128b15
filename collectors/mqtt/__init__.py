"""Collects what devices and sensors publish on the site's MQTT broker."""

from collectors.mqtt.probe import listen
from collectors.mqtt.source import sources

__all__ = ["listen", "sources"]
