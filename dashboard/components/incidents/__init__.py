"""What broke together, as one line."""
