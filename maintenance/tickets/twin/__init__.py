"""A ticket as one file for who has no line: out on a stick, and the supplier's reply in again."""
