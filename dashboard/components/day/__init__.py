"""The lines of a day, and what is done on them."""
