"""What the detectors see, when, and how often they cry for nothing."""
