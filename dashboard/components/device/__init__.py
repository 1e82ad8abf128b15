"""Components of the device page."""
