"""Readings to and from files that other programs read: Parquet, and InfluxDB line protocol."""
