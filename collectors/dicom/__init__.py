"""What speaks DICOM: a folder a kind of source, and what two of them share in `common`."""
