"""Detectors over an exported file, without a site."""
