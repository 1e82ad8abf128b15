"""How well examinations and load are read from a power plug, on days that were not learned from."""
