"""Reports of a month: made as data (uptime, work, vendors), then written as PDF, XLSX or HTML."""
