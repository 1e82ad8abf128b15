"""A quarter of work in the demo's records, written by the functions that people's pages call."""
