"""The corrective orders of the quarter, in every state, and one service by hand: who did what, and when."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import WorkCalendar
from app.demo.work.people import ENGINEER, IT, MANAGER, PHYSICIST, RECEPTION, TECHNICIAN, Person
from app.demo.work.standstills import (
    ARM_LOST,
    FOOT_SWITCH,
    PADDLE_CRACKED,
    SPIKES,
    STOP_PRESSED,
    TABLE_STOPS,
    cooling_standstills,
    fault_of,
)
from app.demo.work.steps import (
    Opening,
    Step,
    StepRow,
    assigned,
    billed,
    cancelled,
    completed,
    corrected,
    ended,
    opened,
    photographed,
    reported,
    returned,
    signed,
    started,
    uses,
    waits,
    was_down,
    worked,
)
from app.demo.work.calendar import Moment
from core.time.clock import DAY, HOUR, MINUTE
from storage.records.transaction import Transaction


class OrderStory(NamedTuple):
    """One order: its name among the stories, how it was opened, and all that was done with it."""

    key: str
    device: str
    at: Moment
    by: Person
    opening: Opening
    steps: tuple[StepRow, ...]


STORIES = (
    OrderStory(
        "table", "ct-1", TABLE_STOPS.start, TECHNICIAN,
        opened("Table stops at 140 cm", "It hums and does not move on. Happened twice.", down="hard"),
        (
            ((60, "09:50"), MANAGER, assigned(ENGINEER)),
            ((60, "10:05"), ENGINEER, started()),
            ((60, "11:35"), ENGINEER, photographed("table.jpg", "TABLE DRIVE\nSLIP 14 mm")),
            ((60, "11:40"), ENGINEER, worked(95)),
            ((60, "11:45"), ENGINEER, waits("waiting_part", "The belt of the drive is worn; ordered")),
            ((58, "10:00"), ENGINEER, started("The belt is here")),
            ((58, "12:50"), ENGINEER, uses("ct-table-belt")),
            ((58, "12:55"), MANAGER, billed(4500, "Courier from the supplier")),
            *ended(
                TABLE_STOPS.end or 0, "Belt of the table drive changed, tension set, limits taught anew",
                "Table moved over its whole way with 100 kg, three times", minutes=170,
            ),
            ((58, "15:30"), MANAGER, corrected(cases_lost=21, recovery_cents=9000)),
            signed((58, "16:00")),
        ),
    ),
    OrderStory(
        "spikes", "mri-1", SPIKES.start, TECHNICIAN,
        opened("Bright dots on all images", "A herringbone pattern over every sequence.", down="hard"),
        (
            ((52, "11:05"), ENGINEER, started()),
            ((52, "11:25"), ENGINEER, worked(20)),
            ((52, "11:30"), ENGINEER, waits("waiting_vendor", "Spike noise; the supplier must look")),
            ((51, "10:30"), ENGINEER, started("With the supplier on the telephone")),
            ((51, "15:40"), MANAGER, billed(38000, "Supplier, remote diagnosis outside the contract")),
            *ended(
                SPIKES.end or 0, "A loose screw in the gradient filter plate; all tightened",
                "Phantom and two sequences without dots", minutes=240,
            ),
            ((50, "09:00"), MANAGER, corrected(cases_lost=9, recovery_cents=0)),
            signed((50, "09:10")),
        ),
    ),
    OrderStory(
        "paddle", "mammo-1", PADDLE_CRACKED.start, TECHNICIAN,
        opened("Compression paddle has a crack", "At the edge towards the chest.", down="hard"),
        (
            ((44, "10:10"), MANAGER, assigned(ENGINEER)),
            ((44, "12:30"), ENGINEER, started()),
            ((44, "13:10"), ENGINEER, uses("mammo-paddle")),
            *ended(
                PADDLE_CRACKED.end or 0, "Paddle 18 x 24 changed", "Force 150 N held, edges smooth",
                minutes=50,
            ),
            ((44, "14:00"), MANAGER, corrected(cases_lost=2, recovery_cents=0)),
            signed((44, "16:00")),
        ),
    ),
    OrderStory(
        "stop", "rf-1", STOP_PRESSED.start, RECEPTION,
        reported("Nothing goes, all lamps are dark", "hard", "0700 000 114"),
        (
            ((38, "09:45"), ENGINEER, started()),
            *ended(
                STOP_PRESSED.end or 0, "The emergency stop behind the table was pressed; released",
                "Fluoroscopy of the phantom", minutes=20,
            ),
            ((38, "10:20"), ENGINEER, corrected(cause="operator", cases_lost=4)),
            signed((38, "16:00")),
        ),
    ),
    OrderStory(
        "old_images", "us-1", (33, "10:00"), TECHNICIAN,
        opened("Earlier images do not open", "New ones are sent as ever.", down="partial"),
        (
            ((33, "10:20"), IT, started()),
            ((33, "12:15"), IT, worked(90)),
            ((33, "12:15"), IT, completed("An index of the PACS was damaged; rebuilt")),
            ((33, "12:20"), ENGINEER, returned("Three earlier examinations opened")),
            ((33, "12:25"), ENGINEER, corrected(cause="pacs")),
            signed((33, "16:00")),
        ),
    ),
    OrderStory(
        "fan", "ct-2", (29, "09:15"), TECHNICIAN,
        opened("Fan of the gantry is loud", "A grinding noise while it rotates."),
        (
            ((29, "09:30"), MANAGER, assigned(ENGINEER)),
            ((29, "13:00"), ENGINEER, started()),
            ((29, "13:20"), ENGINEER, waits("waiting_vendor", "Supplier comes under the contract")),
            ((28, "07:10"), ENGINEER, started("With the supplier")),
            ((28, "07:40"), ENGINEER, uses("ct-fan")),
            *ended(
                (28, "07:50"), "Second fan from the left changed by the supplier",
                "Gantry at full speed for five minutes, quiet", minutes=60,
            ),
            signed((28, "16:00")),
        ),
    ),
    OrderStory(
        "arm", "dxa-1", ARM_LOST.start, TECHNICIAN,
        opened("Arm does not find its home", "Error at the start of each scan.", down="hard"),
        (
            ((24, "14:30"), ENGINEER, started()),
            ((24, "16:00"), ENGINEER, worked(90)),
            ((24, "16:05"), ENGINEER, assigned(ENGINEER)),
            ((23, "09:00"), ENGINEER, started("Second visit")),
            ((23, "10:40"), ENGINEER, uses("light-barrier")),
            *ended(
                ARM_LOST.end or 0, "Light barrier of the arm changed",
                "Spine phantom scanned twice, density as before", minutes=120,
            ),
            signed((23, "16:00"), PHYSICIST),
        ),
    ),
    OrderStory(
        "noise", "ct-1", (27, "10:00"), TECHNICIAN, opened("Hissing in the scanner room"),
        (((27, "10:40"), MANAGER, cancelled("It was the air conditioner; its filter is cleaned")),),
    ),
    OrderStory(
        "backup_disk", "his", (15, "08:40"), IT, opened("Backup disk is full"),
        (
            ((15, "08:45"), IT, started()),
            ((15, "10:00"), IT, uses("backup-disk")),
            ((15, "10:05"), IT, worked(75)),
            ((15, "10:05"), IT, completed("Second backup disk built in; copies of a year fit")),
            ((15, "10:10"), ENGINEER, returned("Tonight's backup tried by hand")),
            signed((15, "16:00")),
        ),
    ),
    OrderStory(
        "coil", "mri-2", (9, "11:00"), TECHNICIAN,
        opened("Knee coil is not recognised", "Other coils work.", down="partial"),
        (
            ((9, "11:10"), ENGINEER, started()),
            *ended(
                (9, "12:00"), "Bent contact in the plug of the knee coil straightened",
                "Signal to noise of the coil as at acceptance", minutes=45,
            ),
            signed((9, "16:00")),
        ),
    ),
    OrderStory(
        "hose", "mri-1", (5, "12:00"), ENGINEER,
        opened("Hose of the gradient cooling weeps", "A drop each minute; a tray stands below."),
        (
            ((5, "12:10"), ENGINEER, photographed("hose.jpg", "COOLING\nFLOW 6.1 l/min")),
            ((5, "12:15"), ENGINEER, waits("waiting_vendor", "Supplier sends the right hose")),
        ),
    ),
    OrderStory(
        "foot_switch", "rf-1", FOOT_SWITCH.start, RECEPTION,
        reported("The foot switch does nothing", "hard", "0700 000 114"),
        (
            ((2, "13:40"), MANAGER, assigned(ENGINEER)),
            ((2, "14:00"), ENGINEER, started()),
            ((2, "14:40"), ENGINEER, worked(40)),
            ((2, "14:45"), ENGINEER, photographed("switch.jpg", "FLUORO\nNO SIGNAL")),
            ((2, "14:50"), ENGINEER, waits("waiting_part", "Cable broken inside; a new switch is needed")),
        ),
    ),
    OrderStory(
        "printer", "dxa-1", (1, "09:30"), TECHNICIAN, opened("Printer takes two sheets at once"),
        (
            ((1, "11:00"), ENGINEER, started()),
            ((1, "11:20"), ENGINEER, worked(20)),
            ((1, "11:20"), ENGINEER, completed("Roller cleaned; a new one is ordered")),
        ),
    ),
    OrderStory("pedal", "mammo-1", (1, "15:10"), TECHNICIAN, opened("Pedal of the paddle sticks"), ()),
    OrderStory(
        "lamp", "cbct-1", (1, "10:20"), TECHNICIAN, opened("Positioning light is weak"),
        (((1, "10:40"), MANAGER, assigned(ENGINEER)),),
    ),
)  # fmt: skip


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Everything of every order."""
    stories = [*STORIES, *_of_faults(calendar), *_after_the_mains(calendar), _of_today(calendar)]
    for story in stories:
        yield Act(calendar.at(story.at), story.by, partial(_open, story))
        for at, who, step in story.steps:
            yield Act(calendar.at(at), who, partial(_go_on, story.key, step))


def _open(story: OrderStory, tx: Transaction, written: WrittenWork) -> None:
    written.orders[story.key] = story.opening(tx, story.device).id


def _go_on(key: str, step: Step, tx: Transaction, written: WrittenWork) -> None:
    step(tx, written.orders[key])


def _of_faults(calendar: WorkCalendar) -> Iterator[OrderStory]:
    """Orders about what the simulated history holds."""
    for device, start, end in cooling_standstills(calendar):
        began, over = calendar.at(start), calendar.at(end or calendar.end)
        yield OrderStory(
            f"cooling {device}", device, began, TECHNICIAN,
            opened("No cooling water", "The chiller stands.", down="hard"),
            (
                *ended(over, "The chiller runs again", "Water at 19 °C, no message", minutes=15),
                (over, ENGINEER, corrected(cause="cooling", cases_lost=1)),
                signed(calendar.next_morning(over, "15:00")),
            ),
        )  # fmt: skip
    network = fault_of(calendar, "network_fault")
    seen, over = network.start + HOUR, network.end or calendar.end
    yield OrderStory(
        "network", network.device, seen, TECHNICIAN,
        opened("Images do not reach the PACS", "They wait in the scanner."),
        (
            (seen, TECHNICIAN, was_down(network.start, "network", "partial")),
            (seen + 20 * MINUTE, IT, started()),
            (over, IT, worked(60)),
            (over, IT, uses("patch-cable")),
            (over, IT, completed("Patch cable in the dental room was broken; changed")),
            (over, ENGINEER, returned("All images that waited have arrived")),
            signed(calendar.next_morning(over, "15:10")),
        ),
    )  # fmt: skip
    update = fault_of(calendar, "software_update")
    began, over = update.start - 2 * HOUR, update.start + HOUR
    yield OrderStory(
        "update", update.device, began, ENGINEER,
        opened("New software from the maker", kind="preventive", takes_down=True),
        (
            (began, ENGINEER, started()),
            *ended(over, "Software updated by the maker", "Presets and a transfer tried", minutes=180),
            signed(calendar.next_morning(over, "15:20"), PHYSICIST),
        ),
    )  # fmt: skip


def _after_the_mains(calendar: WorkCalendar) -> Iterator[OrderStory]:
    """All scanners stood while the mains were off, and were checked on the next morning."""
    failure = fault_of(calendar, "mains_failure")
    over = failure.end or calendar.end
    for device in ("ct-1", "ct-2", "mri-1", "mri-2", "mammo-1", "cbct-1", "rf-1", "dxa-1", "us-1"):
        at = calendar.next_morning(over, "09:00")
        yield OrderStory(
            f"mains {device}", device, at, ENGINEER, opened("Check after the power cut"),
            (
                (at, ENGINEER, was_down(failure.start, "mains", "hard")),
                *ended(at, "Started by itself; nothing lost", "Self-test without message", minutes=10),
                (at, ENGINEER, corrected(ended_at=over)),
                signed(calendar.next_morning(at, "15:00")),
            ),
        )  # fmt: skip


def _of_today(calendar: WorkCalendar) -> OrderStory:
    """Somebody is at work at this moment, so its alerts are not told meanwhile."""
    began = calendar.end - 40 * MINUTE
    return OrderStory(
        "nightly_copy", "pacs", began - 2 * HOUR, IT, opened("Nightly copy ended early"),
        ((began, IT, started("Reads the log of the copy")),),
    )  # fmt: skip
