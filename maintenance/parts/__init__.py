"""Spare parts: stock, and when one will be needed."""
