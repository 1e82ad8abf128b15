"""Importing it reads all the code of the dashboard: what a server that is forked from then on has already."""

import importlib
import pkgutil

import dashboard.http.server  # noqa: F401

for name in ("dashboard.components", "dashboard.queries", "dashboard.text"):
    for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        importlib.import_module(module.name)
