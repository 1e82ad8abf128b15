"""What a program tells of itself on a page of Prometheus text or OpenMetrics."""

from collectors.prometheus.examination import examine
from collectors.prometheus.source import sources

__all__ = ["examine", "sources"]
