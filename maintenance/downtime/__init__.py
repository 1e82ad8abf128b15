"""When a device was not available, and why."""
