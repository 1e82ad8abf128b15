"""What the pretend devices write into their logs: the lines that matter among those that do not.

The words of arcs and aborted scans are invented, as no maker's are public. The `Patient registered`
lines carry numbers that are plainly no one's; they are there to prove that nobody keeps them.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from core.schema.site import Device
from core.schema.sources.logfile import LogSource
from core.time.clock import HOUR, MINUTE
from simulator.log_record import LogRecord
from simulator.physics.machine import Machine
from simulator.physics.noise import dice
from simulator.physics.usage import Examination
from simulator.physics.world import World

MONITOR_EVERY = 5 * MINUTE
ARCS_PER_SCAN_S = 0.0006
ABORTS_PER_ARC = 0.2

Story = Callable[[Machine, World, Random], Iterator[LogRecord]]


class Diary:
    """Notes of one device, kept until they are written somewhere. Devices without a log keep none."""

    def __init__(self, device: Device) -> None:
        self._stories = _stories(device)
        self._name = f"{device.id} diary"
        self._kept: list[LogRecord] = []

    def note(self, machine: Machine, world: World) -> None:
        """Adds what happened in the step that ends now."""
        if not self._stories:
            return
        chance = dice(world.seed, self._name, world.at)
        fresh = [record for story in self._stories for record in story(machine, world, chance)]
        self._kept += sorted(fresh, key=lambda record: record.at)

    def greet(self, machine: Machine, world: World) -> None:
        """Adds what a device writes when it is switched on: its state, in its own words."""
        if self._stories:
            self._kept += _greetings(machine, world)

    def drain(self) -> list[LogRecord]:
        """The notes since this was last called, oldest first."""
        kept, self._kept = self._kept, []
        return kept


def _stories(device: Device) -> list[Story]:
    metrics = device.profile.metrics
    if not any(isinstance(source, LogSource) for source in device.sources):
        return []
    if "helium_level_pct" in metrics:
        return [_magnet_monitor]
    if "magnet_temp_c" in metrics:
        return [_measurements]
    if device.profile.kind == "ct":
        return [_examinations, _arcs, _disk]
    if device.profile.kind == "pacs":
        return [_archive]
    return [_small_talk]


def _greetings(machine: Machine, world: World) -> Iterator[LogRecord]:
    shown = {metric: value for (metric, _), value in machine.values(world).items()}
    at = world.at
    if "helium_level_pct" in shown:
        yield _monitored(world, at, shown)
    if "imaging_frequency_hz" in shown:
        yield LogRecord(at, _frequency(shown["imaging_frequency_hz"]))
    if "tube_scan_s" in shown:
        text = f"TubeScanSeconds: {shown['tube_scan_s']:.0f}"
        yield LogRecord(at, text, "info", "CT_TUB", "7")
    if "disk_free_mb" in shown and "tube_scan_s" in shown:
        text = f"Free Resources: DB: Local {shown['disk_free_mb']:.0f} MB"
        yield LogRecord(at, text, "info", "CT_PRF", "4")
    if machine.device.profile.kind == "pacs":
        yield LogRecord(at, "Orthanc has started", code="main.cpp:1298")


def _passed(world: World, period: int) -> Iterator[int]:
    """The round moments within this step."""
    first = (world.at - world.span_ms) // period + 1
    return (number * period for number in range(first, world.at // period + 1))


def _begun(machine: Machine, world: World) -> list[Examination]:
    if not world.mains_on:
        return []
    return machine.schedule.examinations(world.at - world.span_ms, world.at)


def _nobody(chance: Random) -> str:
    return f"TEST-{chance.randrange(10**6):06d}-NOBODY"


def _examinations(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    seconds = machine.values(world).get(("tube_scan_s", ""), 0.0)
    for examination in _begun(machine, world):
        at = examination.start
        yield LogRecord(at, f"Patient registered: {_nobody(chance)}", "info", "CT_PAT", "12")
        yield LogRecord(
            at + 1000, "Protocol loaded, waiting for start button", "info", "CT_UI", "31"
        )
        yield LogRecord(at + 2000, f"TubeScanSeconds: {seconds:.0f}", "info", "CT_TUB", "7")


def _arcs(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    wear = 1.0 + world.troubles.days("tube_cooling", machine.device.id, world.at) / 7.0
    scanned_s = machine.scanner.scanned_s if machine.scanner else 0.0
    likely = min(0.9, scanned_s * ARCS_PER_SCAN_S * wear)
    if chance.random() >= likely:
        return
    yield LogRecord(
        world.at, "Tube arc detected, high voltage recovered", "warning", "CT_XRS", "214"
    )
    if chance.random() < ABORTS_PER_ARC:
        yield LogRecord(world.at, "Scan aborted by the generator", "error", "CT_SCN", "88")


def _disk(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    free = machine.values(world).get(("disk_free_mb", ""))
    for at in _passed(world, HOUR) if free is not None and world.mains_on else ():
        yield LogRecord(at, f"Free Resources: DB: Local {free:.0f} MB", "info", "CT_PRF", "4")
        if chance.random() < 0.15:
            yield LogRecord(at, "Network node does not answer", "warning", "CT_NET", "501")


def _measurements(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    hertz = machine.values(world).get(("imaging_frequency_hz", ""), 0.0)
    for examination in _begun(machine, world):
        at = examination.start
        yield LogRecord(at, f"SBM INFO: -->Patient registered {_nobody(chance)}", origin="SBM")
        yield LogRecord(
            at + 1200,
            "MeasCtrlJobController::takeStatusCB: Received MesSer status: started (MSR_STARTED)",
        )
        yield LogRecord(at + 1300, _frequency(hertz))
        if chance.random() < 0.02:
            yield LogRecord(
                at + 1900,
                "MesSerCtrl::prepare: ERROR: CMD_PREP failed. MSRStatus='MSR_MRI_RFS_PATNOTPOS'"
                " NLS status: 0xEE430015",
                "error",
            )


def _magnet_monitor(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    shown = {metric: value for (metric, _), value in machine.values(world).items()}
    for at in _passed(world, MONITOR_EVERY):
        yield _monitored(world, at, shown)


def _monitored(world: World, at: int, shown: Mapping[str, float]) -> LogRecord:
    return LogRecord(at, values={**shown, "water_temp_c": round(world.water_c + 3.0, 1)})


def _frequency(hertz: float) -> str:
    return f"MeasProt\nsTXSPEC.asNucleusInfo[0].lFrequency = {hertz:.0f}"


def _archive(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    rate_s = world.span_s / (240.0 if world.is_open else 7200.0)
    for _ in range(int(rate_s + chance.random())):
        at = world.at - chance.randrange(max(1, world.span_ms))
        yield LogRecord(
            at,
            "Association Received from AET CT on IP 192.0.2.21",
            code="CommandDispatcher.cpp:272",
        )
        if chance.random() < 0.004:
            yield LogRecord(
                at, "Association aborted by the remote", "error", code="CommandDispatcher.cpp:311"
            )
        else:
            yield LogRecord(
                at, f"New instance stored of {_nobody(chance)}", code="ServerContext.cpp:718"
            )


def _small_talk(machine: Machine, world: World, chance: Random) -> Iterator[LogRecord]:
    for examination in _begun(machine, world):
        at = examination.start
        yield LogRecord(at, f"Patient registered {_nobody(chance)}", "info", code="I-001")
        if chance.random() < 0.02:
            yield LogRecord(at + 5000, "Self-test repeated", "warning", code="W-017")
