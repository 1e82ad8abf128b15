"""What an image's header says of the scanner that made it, and what its phantoms show."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from core.time.clock import DAY, HOUR
from simulator.physics.noise import generator, smooth_noise
from simulator.physics.part import Key
from simulator.physics.study import SimulatedStudy
from simulator.physics.world import World

SOFTWARE = ("SIM 4.1", "SIM 4.2")  # before and after its update; no maker's
WITH_DETECTOR = ("mammo", "rf", "cbct")
DETECTOR_C, DETECTOR_ABOVE_ROOM_C = 26.0, 1.5  # at rest; how far it wanders
WATER_HU, WATER_HU_SD = 0.4, 0.5  # of the mean of a phantom, from day to day
NOISE_HU, NOISE_HU_SD = 4.8, 0.1  # of each image, and from day to day
CUPPING_HU, CUPPING_HU_SD = 0.6, 0.12  # how much higher the rim is than the centre
SNR, SNR_SD = 140.0, 2.5  # of the one coil, from week to week
PIU_PCT, PIU_SD = 92.0, 0.5
GHOSTING_PCT, GHOSTING_SD = 0.6, 0.1
SDNR, SDNR_SD = 9.0, 0.15  # of the block with its aluminium
SPINE_G_CM2, SPINE_SD = 1.012, 0.0035  # a share


class Header(NamedTuple):
    """Values by metric, in the metrics' units; a phantom's are what its images shall show."""

    software: str
    values: Mapping[str, float]


def header_of(study: SimulatedStudy, shown: Mapping[Key, float], world: World) -> Header:
    """What the scanner of a study writes; `shown` are its meters."""
    is_new = world.fault_size("software_update", study.device) > 0
    values: dict[str, float] = {}
    if study.kind == "mri":
        values["imaging_frequency_hz"] = shown.get(("imaging_frequency_hz", ""), 0.0)
    rng = generator(world.seed, f"{study.device} header", study.start)
    if study.kind in WITH_DETECTOR:
        wander = smooth_noise(world.seed, f"{study.device} detector", study.end, 5 * HOUR)
        values["detector_temp_c"] = round(DETECTOR_C + DETECTOR_ABOVE_ROOM_C * wander, 1)
    if study.kind == "mammo":
        values["compression_force_n"] = float(round(min(195.0, max(80.0, rng.gauss(132.0, 16.0)))))
    if study.is_phantom:
        values |= _phantom_values(study, world, rng)
    return Header(SOFTWARE[is_new], values)


def _phantom_values(study: SimulatedStudy, world: World, rng: Random) -> Mapping[str, float]:
    deviation = rng.gauss(0.0, 1.0)
    if study.kind == "ct":
        drift = _grown("ct_number_drift", study, world)
        return {
            "qa_water_ct_number_hu": WATER_HU + WATER_HU_SD * deviation + drift,
            "qa_water_noise_hu": rng.gauss(NOISE_HU, NOISE_HU_SD),
            "qa_water_uniformity_hu": abs(rng.gauss(CUPPING_HU, CUPPING_HU_SD)),
        }
    if study.kind == "mri":
        return {
            "qa_snr": SNR + SNR_SD * deviation,
            "qa_piu_pct": rng.gauss(PIU_PCT, PIU_SD),
            "qa_ghosting_pct": abs(rng.gauss(GHOSTING_PCT, GHOSTING_SD)),
        }
    if study.kind == "mammo":
        return {"qa_sdnr": SDNR + SDNR_SD * deviation}
    lost_pct = _grown("bmd_drift", study, world)
    return {"phantom_bmd_g_cm2": SPINE_G_CM2 * (1.0 + SPINE_SD * deviation - lost_pct / 100.0)}


def _grown(fault: str, study: SimulatedStudy, world: World) -> float:
    """How far the faults of that name have gone when the study was made."""
    faults = world.faults.of(fault, study.device)
    return sum(fault.size * max(0, study.start - fault.start) / DAY for fault in faults)
