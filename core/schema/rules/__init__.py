"""Kinds of rule: when an alert begins, and when it is over."""
