"""Whether each DICOM node answers: C-ECHO."""

from collectors.dicom.echo.source import examine, sources

__all__ = ["examine", "sources"]
