"""Notifies people: deliveries as leased rows, and the message each carries."""
