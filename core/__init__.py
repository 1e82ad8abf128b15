"""The words of Scanward: readings, events, devices, profiles, sites. No I/O but reading YAML."""
