"""Orders about the faults that every demo's history holds, and what is done at this moment."""

from collections.abc import Iterator

from app.demo.work.acts import Act
from app.demo.work.calendar import WorkCalendar
from app.demo.work.order_story import OrderStory, acts_of
from app.demo.work.people import ENGINEER, IT, MANAGER, PHYSICIST, TECHNICIAN
from app.demo.work.standstills import cooling_standstills, fault_of
from app.demo.work.steps import (
    billed,
    completed,
    corrected,
    ended,
    opened,
    returned,
    signed,
    started,
    uses,
    was_down,
    worked,
)
from core.time.clock import HOUR, MINUTE


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Everything of every order."""
    stories = [
        *_of_the_chiller(calendar),
        *_after_the_mains(calendar),
        _of_the_network(calendar),
        _of_the_update(calendar),
        _of_today(calendar),
    ]
    yield from acts_of(stories, calendar)


def _of_the_chiller(calendar: WorkCalendar) -> Iterator[OrderStory]:
    for device, start, end in cooling_standstills(calendar):
        began, over = calendar.at(start), calendar.at(end)
        yield OrderStory(
            f"cooling {device}", device, began, TECHNICIAN,
            opened("Off while the chiller stands", kind="preventive", takes_down=True, down="hard"),
            (
                *ended(over, "The chiller runs again", "Water at 19 °C, no message", minutes=15),
                (over, ENGINEER, corrected(cause="cooling", cases_lost=1)),
                signed(calendar.next_morning(over, "15:00")),
            ),
        )  # fmt: skip
    failure = fault_of(calendar, "chiller_failure")
    began, over = failure.start + 5 * MINUTE, failure.end or calendar.end
    yield OrderStory(
        "chiller", "chiller-1", began, TECHNICIAN, opened("Compressor does not start"),
        (
            (began + 5 * MINUTE, ENGINEER, started("High pressure is shown")),
            (over, MANAGER, billed(6000, "Hari Cooling, emergency visit")),
            *ended(
                over, "Condenser was full of dust: washed; pressure switch reset",
                "Water at 12 °C for a quarter of an hour", minutes=60,
            ),
            signed(calendar.next_morning(over, "15:30")),
        ),
    )  # fmt: skip


def _of_the_network(calendar: WorkCalendar) -> OrderStory:
    network = fault_of(calendar, "network_fault")
    seen, over = network.start + HOUR, network.end or calendar.end
    return OrderStory(
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


def _of_the_update(calendar: WorkCalendar) -> OrderStory:
    update = fault_of(calendar, "software_update")
    began, over = update.start - 2 * HOUR, update.start + HOUR
    return OrderStory(
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
            f"mains {device}", device, at, ENGINEER, opened("Check after the power cut", kind="preventive", takes_down=True),
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
