"""Components of the ticket pages."""
