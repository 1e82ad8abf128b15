"""SNMP v1, v2c and v3: asks agents for what a device's profile names."""

from collectors.snmp.source import sources

__all__ = ["sources"]
