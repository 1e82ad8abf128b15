"""Readings up and downm files that other programs read: Parquet, and InfluxDB line protocol."""
