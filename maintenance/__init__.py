"""What must be done about the devices, by whom, and what it came to."""
