"""Copies of everything a site has stored, taken while it runs, and put back when it must be."""
