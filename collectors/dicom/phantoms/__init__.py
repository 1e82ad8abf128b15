"""Images of phantoms become readings; every other image's pixels are left alone."""
