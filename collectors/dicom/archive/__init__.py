"""A PACS as a witness of what the scanners did."""

from collectors.dicom.archive.examine import examine
from collectors.dicom.archive.source import sources

__all__ = ["examine", "sources"]
