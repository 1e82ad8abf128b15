"""The register of devices: sheets, components, contracts, labels, import and export."""
