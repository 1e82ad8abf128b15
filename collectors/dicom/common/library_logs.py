"""What pynetdicom and pydicom may not write: their logs and warnings quote data sets, so a patient's name."""

import logging

import pydicom.config
from pynetdicom import _config  # its documented place of settings, underscore or not


def silence_libraries() -> None:
    """Nothing of either library is logged or warned of; what fails is explained by Scanward's own errors."""
    _config.LOG_HANDLER_LEVEL = "none"
    _config.LOG_REQUEST_IDENTIFIERS = False
    _config.LOG_RESPONSE_IDENTIFIERS = False
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    for name in ("pynetdicom", "pydicom"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
