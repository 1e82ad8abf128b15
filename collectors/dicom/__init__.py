"""What scanners and the PACS tell by DICOM."""
