"""The imaging frequency of a permanent magnet beside its temperature."""
