"""Pieces of a page. What they draw as HTML is escaped where it is put in."""
