"""Wiring only: the command line, the loops, and the one place that reads the clock."""
