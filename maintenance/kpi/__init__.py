"""Figures after EN 13306 and IEC 60050-192, with the cases they stand on."""
