"""Readings and events from what an imaging centre has: one folder a source."""
