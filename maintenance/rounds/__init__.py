"""Readings that people take on their rounds."""
