"""Diagnostics for a vendor: one ZIP that opens anywhere, with no patient data. See docs/bundle.md."""

from maintenance.bundle.content import BundleRequest, Fact, MaintenanceNote
from maintenance.bundle.device_facts import facts_of, notes_of
from maintenance.bundle.keys import fingerprint, public_pem, read_public, site_key
from maintenance.bundle.make import SealedBundle, find_fault, make, window
from maintenance.bundle.verify import Verification, verify

__all__ = [
    "BundleRequest",
    "Fact",
    "MaintenanceNote",
    "SealedBundle",
    "Verification",
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
