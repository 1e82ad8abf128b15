"""What judging thousands of rules costs, beside Prometheus."""
