"""Diagnostics for a vendor: one ZIP that opens anywhere, with no patient data. See docs/bundle.md."""

from maintenance.bundle.content import Ask, Fact, MaintenanceNote
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.keys import fingerprint, public_pem, read_public, site_key
from maintenance.bundle.make import Made, find_fault, make, window
from maintenance.bundle.verify import Finding, verify

__all__ = [
    "Ask",
    "Fact",
    "Finding",
    "Made",
    "MaintenanceNote",
    "facts_of",
    "find_fault",
    "fingerprint",
    "make",
    "notes_of",
    "public_pem",
    "read_public",
    "site_key",
    "verify",
    "window",
]
