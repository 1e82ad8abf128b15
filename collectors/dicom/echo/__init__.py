"""Whether each DICOM node answers: C-ECHO."""

from collectors.dicom.echo.examination import examine
from collectors.dicom.echo.source import sources

__all__ = ["examine", "sources"]
