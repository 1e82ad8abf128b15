"""What the simulated devices log: the lines that matter among those that do not.

The words of arcs and aborted scans are invented, as no maker's are public. The `Patient registered`
lines carry numbers that are plainly no one's; they are there to prove that nobody keeps them.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from core.schema.site import Device
from core.schema.sources.logfile import LogSource
from core.time.clock import HOUR, MINUTE
from simulator.log_record import LogRecord
from simulator.physics.device import SimulatedDevice
from simulator.physics.noise import generator
from simulator.physics.usage import Examination
from simulator.physics.world import World

MONITOR_EVERY = 5 * MINUTE
ARCS_PER_SCAN_S = 0.0006
ABORTS_PER_ARC = 0.2

Recorder = Callable[[SimulatedDevice, World, Random], Iterator[LogRecord]]


class LogLines:
    """The records of one device until they are collected. A device without a log has none."""

    def __init__(self, device: Device) -> None:
        self._recorders = _recorders(device)
        self._rng_name = f"{device.id} diary"  # part of the seed: another word gives other lines
        self._pending: list[LogRecord] = []

    def record_step(self, device: SimulatedDevice, world: World) -> None:
        """Add what happened in the step that ends now."""
        if not self._recorders:
            return
        rng = generator(world.seed, self._rng_name, world.at)
        recorded = [
            record for recorder in self._recorders for record in recorder(device, world, rng)
        ]
        self._pending += sorted(recorded, key=lambda record: record.at)

    def record_start_up(self, device: SimulatedDevice, world: World) -> None:
        """Add what a device logs when it is switched on: its state, in its own words."""
        if self._recorders:
            self._pending += _start_up_records(device, world)

    def drain(self) -> list[LogRecord]:
        """The records since the last call, in the order of their steps."""
        records, self._pending = self._pending, []
        return records


def _recorders(device: Device) -> list[Recorder]:
    metrics = device.profile.metrics
    if not any(isinstance(source, LogSource) for source in device.sources):
        return []
    if "helium_level_pct" in metrics:
        return [_magnet_monitor]
    if "magnet_temp_c" in metrics:
        return [_measurements]
    if device.profile.kind == "ct":
        return [_examinations, _tube_arcs, _free_disk]
    if device.profile.kind == "pacs":
        return [_archive_traffic]
    return [_routine_lines]


def _start_up_records(device: SimulatedDevice, world: World) -> Iterator[LogRecord]:
    shown = {metric: value for (metric, _), value in device.values(world).items()}
    at = world.at
    if "helium_level_pct" in shown:
        yield _monitored(world, at, shown)
    if "magnet_temp_c" in shown and "imaging_frequency_hz" in shown:
        yield LogRecord(at, _frequency(shown["imaging_frequency_hz"]))
    if "tube_scan_s" in shown:
        text = f"TubeScanSeconds: {shown['tube_scan_s']:.0f}"
        yield LogRecord(at, text, "info", "CT_TUB", "7")
    if "disk_free_mb" in shown and "tube_scan_s" in shown:
        text = f"Free Resources: DB: Local {shown['disk_free_mb']:.0f} MB"
        yield LogRecord(at, text, "info", "CT_PRF", "4")
    if device.device.profile.kind == "pacs":
        yield LogRecord(at, "Orthanc has started", code="main.cpp:1298")


def _round_moments(world: World, period: int) -> Iterator[int]:
    """The multiples of `period` milliseconds within this step, UTC milliseconds."""
    first = (world.at - world.span_ms) // period + 1
    return (number * period for number in range(first, world.at // period + 1))


def _examinations_started(device: SimulatedDevice, world: World) -> list[Examination]:
    if not world.mains_on:
        return []
    return device.schedule.examinations(world.at - world.span_ms, world.at)


def _fake_patient_id(rng: Random) -> str:
    return f"TEST-{rng.randrange(10**6):06d}-NOBODY"


def _examinations(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    seconds = device.values(world).get(("tube_scan_s", ""), 0.0)
    for examination in _examinations_started(device, world):
        at = examination.start
        yield LogRecord(at, f"Patient registered: {_fake_patient_id(rng)}", "info", "CT_PAT", "12")
        yield LogRecord(
            at + 1000, "Protocol loaded, waiting for start button", "info", "CT_UI", "31"
        )
        yield LogRecord(at + 2000, f"TubeScanSeconds: {seconds:.0f}", "info", "CT_TUB", "7")


def _tube_arcs(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    wear = 1.0 + world.faults.days("tube_cooling", device.device.id, world.at) / 7.0
    scanned_s = device.scanner.scanned_s if device.scanner else 0.0
    likely = min(0.9, scanned_s * ARCS_PER_SCAN_S * wear)
    if rng.random() >= likely:
        return
    yield LogRecord(
        world.at, "Tube arc detected, high voltage recovered", "warning", "CT_XRS", "214"
    )
    if rng.random() < ABORTS_PER_ARC:
        yield LogRecord(world.at, "Scan aborted by the generator", "error", "CT_SCN", "88")


def _free_disk(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    free = device.values(world).get(("disk_free_mb", ""))
    for at in _round_moments(world, HOUR) if free is not None and world.mains_on else ():
        yield LogRecord(at, f"Free Resources: DB: Local {free:.0f} MB", "info", "CT_PRF", "4")
        if rng.random() < 0.15:
            yield LogRecord(at, "Network node does not answer", "warning", "CT_NET", "501")


def _measurements(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    hertz = device.values(world).get(("imaging_frequency_hz", ""), 0.0)
    for examination in _examinations_started(device, world):
        at = examination.start
        yield LogRecord(
            at, f"SBM INFO: -->Patient registered {_fake_patient_id(rng)}", origin="SBM"
        )
        yield LogRecord(
            at + 1200,
            "MeasCtrlJobController::takeStatusCB: Received MesSer status: started (MSR_STARTED)",
        )
        yield LogRecord(at + 1300, _frequency(hertz))
        if rng.random() < 0.02:
            yield LogRecord(
                at + 1900,
                "MesSerCtrl::prepare: ERROR: CMD_PREP failed. MSRStatus='MSR_MRI_RFS_PATNOTPOS'"
                " NLS status: 0xEE430015",
                "error",
            )


def _magnet_monitor(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    shown = {metric: value for (metric, _), value in device.values(world).items()}
    for at in _round_moments(world, MONITOR_EVERY):
        yield _monitored(world, at, shown)


def _monitored(world: World, at: int, shown: Mapping[str, float]) -> LogRecord:
    return LogRecord(at, values={**shown, "water_temp_c": round(world.water_c + 3.0, 1)})


def _frequency(hertz: float) -> str:
    return f"MeasProt\nsTXSPEC.asNucleusInfo[0].lFrequency = {hertz:.0f}"


def _archive_traffic(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    rate_s = world.span_s / (240.0 if world.is_open else 7200.0)
    for _ in range(int(rate_s + rng.random())):
        at = world.at - rng.randrange(max(1, world.span_ms))
        yield LogRecord(
            at,
            "Association Received from AET CT on IP 192.0.2.21",
            code="CommandDispatcher.cpp:272",
        )
        if rng.random() < 0.004:
            yield LogRecord(
                at, "Association aborted by the remote", "error", code="CommandDispatcher.cpp:311"
            )
        else:
            yield LogRecord(
                at, f"New instance stored of {_fake_patient_id(rng)}", code="ServerContext.cpp:718"
            )


def _routine_lines(device: SimulatedDevice, world: World, rng: Random) -> Iterator[LogRecord]:
    for examination in _examinations_started(device, world):
        at = examination.start
        yield LogRecord(at, f"Patient registered {_fake_patient_id(rng)}", "info", code="I-001")
        if rng.random() < 0.02:
            yield LogRecord(at + 5000, "Self-test repeated", "warning", code="W-017")
