"""A second home for the series: a forwarder that ships the journal to InfluxDB, and a reader."""
