"""Kinds of source: how each is reached, and how its answers become readings."""
