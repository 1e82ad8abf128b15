"""A water phantom in a CT: a disc of water in air, with the noise of its tube."""

import numpy as np
from pydicom.dataset import Dataset

from simulator.physics.header import CUPPING_HU

SIDE = 256
RADIUS = 0.4  # of the side
AIR_HU = -1000.0


def add_water_phantom(image: Dataset, mean_hu: float, noise_hu: float, seed: int) -> None:
    """Make the image show water of that mean and noise at its centre; the same seed gives the same."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    middle = (SIDE - 1) / 2
    distance = np.hypot(rows - middle, columns - middle) / (SIDE * RADIUS)
    hounsfield = np.where(distance <= 1.0, mean_hu + CUPPING_HU * distance**2, AIR_HU)
    noise = np.random.default_rng(seed).normal(0.0, noise_hu, hounsfield.shape)
    stored = np.clip(np.rint(hounsfield + noise + 1024.0), 0, 4095).astype("<u2")
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = "-1024", "1", "HU"
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = SIDE
    image.PixelSpacing = ["1", "1"]
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
    image.PixelRepresentation = 0
    image.PixelData = stored.tobytes()
