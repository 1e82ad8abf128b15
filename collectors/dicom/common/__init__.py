"""What the kinds of DICOM source share."""
