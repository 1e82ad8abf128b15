"""Runs the detectors of a site: brings them rows, keeps what they say and what they have learned."""

from alerts.detection.service import Detection

__all__ = ["Detection"]
