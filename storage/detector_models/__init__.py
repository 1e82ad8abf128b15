"""What detectors have learned, as versioned files."""
