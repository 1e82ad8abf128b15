"""What proves a line of a checklist, and why something does not."""
