"""Instants, calendars, covered hours and durations. Pure."""
