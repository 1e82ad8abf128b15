"""Components of the asset and parts pages."""
