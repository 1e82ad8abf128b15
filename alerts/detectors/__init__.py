"""What learns the normal behaviour of a device and says when it changes."""
