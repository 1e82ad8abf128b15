"""Collects what devices and sensors publish on the site's MQTT broker."""

from collectors.mqtt.source import sources

__all__ = ["sources"]
