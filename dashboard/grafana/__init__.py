"""Grafana's dashboards of a site, made from its profiles: by its HTTP API, or as provisioning files."""
