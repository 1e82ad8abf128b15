"""Diagnostics for a vendor: one ZIP that opens anywhere, with no patient data. See docs/bundle.md."""
