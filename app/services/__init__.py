"""The loops of the processes, and what supervises them."""
