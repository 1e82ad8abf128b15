"""Many sensors of one device, judged together row by row."""
