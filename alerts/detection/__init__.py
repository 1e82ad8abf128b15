"""Runs the detectors of a site: brings them rows, stores their verdicts and what they have learned."""

from alerts.detection.service import Detection

__all__ = ["Detection"]
