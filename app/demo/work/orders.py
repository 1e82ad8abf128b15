"""The corrective orders of the quarter, in every state: who did what, and when."""

from collections.abc import Iterator

from app.demo.work.acts import Act
from app.demo.work.calendar import WorkCalendar
from app.demo.work.order_story import OrderStory, acts_of, acts_on
from app.demo.work.people import ENGINEER, IT, MANAGER, PHYSICIST, RECEPTION, TECHNICIAN
from app.demo.work.planned import follow_up_of
from app.demo.work.standstills import (
    ARM_LOST,
    FOOT_SWITCH,
    PADDLE_CRACKED,
    SPIKES,
    STOP_PRESSED,
    TABLE_STOPS,
)
from app.demo.work.steps import (
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
    worked,
)

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
                TABLE_STOPS.end, "Belt of the table drive changed, tension set, limits taught anew",
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
                SPIKES.end, "A loose screw in the gradient filter plate; all tightened",
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
            ((14, "10:10"), MANAGER, assigned(ENGINEER)),
            ((14, "12:30"), ENGINEER, started()),
            ((14, "13:10"), ENGINEER, uses("mammo-paddle")),
            *ended(
                PADDLE_CRACKED.end, "Paddle 18 x 24 changed", "Force 150 N held, edges smooth",
                minutes=50,
            ),
            ((14, "14:00"), MANAGER, corrected(cases_lost=2, recovery_cents=0)),
            signed((14, "16:00")),
        ),
    ),
    OrderStory(
        "stop", "rf-1", STOP_PRESSED.start, RECEPTION,
        reported("Nothing goes, all lamps are dark", "hard", "0700 000 114"),
        (
            ((38, "09:45"), ENGINEER, started()),
            *ended(
                STOP_PRESSED.end, "The emergency stop behind the table was pressed; released",
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
        "fan", "ct-2", (63, "09:15"), TECHNICIAN,
        opened("Fan of the gantry is loud", "A grinding noise while it rotates."),
        (
            ((63, "09:30"), MANAGER, assigned(ENGINEER)),
            ((63, "13:00"), ENGINEER, started()),
            ((63, "13:20"), ENGINEER, waits("waiting_vendor", "Supplier comes under the contract")),
            ((62, "07:10"), ENGINEER, started("With the supplier")),
            ((62, "07:40"), ENGINEER, uses("ct-fan")),
            *ended(
                (62, "07:50"), "Second fan from the left changed by the supplier",
                "Gantry at full speed for five minutes, quiet", minutes=60,
            ),
            signed((62, "16:00")),
        ),
    ),
    OrderStory(
        "arm", "dxa-1", ARM_LOST.start, TECHNICIAN,
        opened("Arm does not find its home", "Error at the start of each scan.", down="hard"),
        (
            ((62, "14:30"), ENGINEER, started()),
            ((62, "16:00"), ENGINEER, worked(90)),
            ((62, "16:05"), ENGINEER, assigned(ENGINEER)),
            ((61, "09:00"), ENGINEER, started("Second visit")),
            ((61, "10:40"), ENGINEER, uses("light-barrier")),
            *ended(
                ARM_LOST.end, "Light barrier of the arm changed",
                "Spine phantom scanned twice, density as before", minutes=120,
            ),
            signed((61, "16:00"), PHYSICIST),
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
        "coil", "mri-1", (9, "11:00"), TECHNICIAN,
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


# What the checklists of planned.py found.
LASERS = follow_up_of("ct-1", "ct_monthly", 56)
LASERS_STEPS = (
    ((56, "10:30"), ENGINEER, started()),
    *ended(
        (56, "11:30"), "Lasers of the gantry set with the phantom", "Offset measured again: 0.7 mm",
        minutes=60,
    ),
    signed((56, "16:00"), PHYSICIST),
)  # fmt: skip
LASERS_AGAIN = follow_up_of("ct-2", "ct_monthly", 6)
LASERS_AGAIN_STEPS = (((6, "12:00"), MANAGER, assigned(ENGINEER)),)


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Everything of every order."""
    yield from acts_of(STORIES, calendar)
    yield from acts_on(LASERS, LASERS_STEPS, calendar)
    yield from acts_on(LASERS_AGAIN, LASERS_AGAIN_STEPS, calendar)
