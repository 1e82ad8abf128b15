"""The DICOM nodes of the simulated centre: its modalities, and a small PACS."""
