"""The order of what DICOM tells of a scanner: what was done, when, what the tube took, how the machine is."""

DICOM = "dicom"  # the component of all that DICOM tells
_ORDER = (
    *("examination_count", "series_count", "image_count", "exposures_count", "scan_seconds"),
    *("scan_load_pct", "first_examination_h", "last_examination_h", "busy_min", "longest_gap_min"),
    *("scan_load_kj", "dose_area_product_gy_cm2", "ctdi_vol_mean_mgy", "dlp_mean_mgy_cm"),
    *("imaging_frequency_hz", "imaging_frequency_resolution_hz", "detector_temp_c"),
    *("compression_force_n", "compression_thickness_mm", "average_glandular_dose_mgy"),
    *("image_transfer_delay_s", "unarchived_min"),
    "unarchived_examination_count",
)
_PLACES = {metric: place for place, metric in enumerate(_ORDER)}


def place(metric: str) -> int:
    """Where a metric stands among those of DICOM; what is not known comes last."""
    return _PLACES.get(metric, len(_ORDER))
