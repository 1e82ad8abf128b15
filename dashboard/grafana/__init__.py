"""Grafana's dashboards of a site, made from its profiles: by its HTTP API, or as provisioning files."""

from dashboard.grafana.api import Grafana, GrafanaError
from dashboard.grafana.boards import boards
from dashboard.grafana.files import provision
from dashboard.grafana.marks import Mark, annotate, of_downtime, of_work
from dashboard.grafana.sync import sync

__all__ = [
    "Grafana",
    "GrafanaError",
    "Mark",
    "annotate",
    "boards",
    "of_downtime",
    "of_work",
    "provision",
    "sync",
]
