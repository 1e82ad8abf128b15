"""Rule tests: what is given at which times, and where each rule then must stand."""
