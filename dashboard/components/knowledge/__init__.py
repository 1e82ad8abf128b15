"""Components of the work order pages and of Today."""
