"""Judges rules and moves alerts through their states; what people do about an alert."""
