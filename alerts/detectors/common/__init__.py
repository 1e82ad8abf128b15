"""What detectors of every kind stand on: resampling, sensor checks, alarm state."""
