"""Components of the fleet page."""
