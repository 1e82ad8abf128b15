"""Plans, work orders, parts, vendor tickets, diagnostics bundles, figures and reports."""
