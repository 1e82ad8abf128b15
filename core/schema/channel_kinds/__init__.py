"""Kinds of channel: what the site file says of each way to tell people."""
