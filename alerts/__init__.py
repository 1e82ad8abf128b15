"""Follows the journal, judges it by rules, keeps alerts, and tells people."""
