"""The words of a language as one table for whoever reads it, and back from that table."""
