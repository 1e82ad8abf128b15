"""Takes dose reports, images' headers and MPPS from the scanners."""
