"""Preventive maintenance: what is due, when, and how urgent."""
