"""Who comes in: people, passwords, sessions, links and tokens. What they may do is core/vocabulary/rights.py."""
