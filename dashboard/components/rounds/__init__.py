"""Components of the page of rounds."""
