"""A difference in words, for the one who wrote the test."""

from alerts.timelines.given import parse_times
from alerts.timelines.load import RuleTests
from alerts.timelines.run import Difference
from alerts.timelines.timeline_file import RuleExpectation
from core.time.clock import DAY, HOUR, MINUTE, SECOND


def described(tests: RuleTests, difference: Difference) -> str:
    """`ups.yaml:12: battery runs out: at 20m charge_low: expected firing, but is pending (value 48)`."""
    steps: list[int | str] = ["tests", difference.test, "expect", difference.rule]
    written = [key for key in tests.places.keys(steps) if difference.at in parse_times(key)]
    line = tests.places.line([*steps, *written[:1]])
    name = tests.tests[difference.test].name
    wanted, actual = difference.expected, difference.actual
    return (
        f"{tests.path}:{line}: {name}: at {_short(difference.at)} {difference.rule}:"
        f" expected {_words(wanted, wanted)}, but is {_words(actual, wanted)}"
    )


def _words(shown: RuleExpectation, wanted: RuleExpectation) -> str:
    """The state, and of the rest what the test asks for; the value always, if there is one."""
    beside = [] if shown.value is None else [f"value {shown.value:g}"]
    if wanted.value is not None and shown.value is None:
        beside.append("no value")
    if wanted.suppressed is not None:
        beside.append("suppressed" if shown.suppressed else "not suppressed")
    return f"{shown.state} ({', '.join(beside)})" if beside else shown.state


def _short(at: int) -> str:
    """As it is written in the file: `1h30m`."""
    words = ""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)):
        count, at = divmod(at, size)
        words += f"{count}{unit}" if count else ""
    return words or "0m"
