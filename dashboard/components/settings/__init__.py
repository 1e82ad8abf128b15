"""Components of the page of settings and of the page of one limit."""
