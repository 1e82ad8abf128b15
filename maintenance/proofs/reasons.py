"""Why a series is no evidence, in words: each reason on its own. Pure."""

from collections.abc import Iterator, Sequence

from core.schema.proof import HeldProof
from core.text import times
from core.text.numbers import PLAIN
from core.text.phrase import Phrase
from core.time.clock import DAY
from maintenance.proofs.coverage import WindowCoverage
from maintenance.proofs.observed import ObservedSeries, ProofWindow, SeenVerdict
from storage.series import Point

# A detector judges once a day: a verdict older than that and a night is none. Scanward's default.
VERDICT_FRESH = 2 * DAY
# The longest gap is at most this share of the window, or one reading missed: a fault may hide in it.
LONGEST_GAP = 0.1
# After so long the evidence from before the work on the order is old.
WORK_AT_MOST = 1 * DAY

_NO_EVIDENCE = ("stuck", "impossible", "absent", "unfit", "step", "anomaly")


def of_source(series: ObservedSeries) -> Iterator[Phrase]:
    """It cannot be relied upon as it was brought."""
    title = name_of(series)
    if series.line_unit is not None and series.line_unit != series.unit:
        yield Phrase("{title} has another unit than the line asks for", title=title)
    if series.lost_source:
        yield Phrase("the source {source} does not answer", source=series.lost_source)
    if series.has_clock_doubt:
        yield Phrase("the clock of {title} is in doubt", title=title)
    if series.corrected_by:
        yield Phrase(
            "a reading of {title} was corrected or withdrawn by {who}",
            title=title,
            who=series.corrected_by,
        )
    if series.refused_answers:
        yield Phrase(
            "{count} answers for {title} were no believable number",
            title=title,
            count=series.refused_answers,
        )


def of_limits(series: ObservedSeries) -> Iterator[Phrase]:
    """Nothing says what is right, or not yet."""
    title = name_of(series)
    if series.needs_baseline:
        yield Phrase(
            "the baseline of {title} needs {count} readings more",
            title=title,
            count=series.needs_baseline,
        )
    elif not series.is_limited:
        yield Phrase("no limit is set for {title}", title=title)


def of_verdicts(series: ObservedSeries, window: ProofWindow) -> Iterator[Phrase]:
    """An alert or a detector speaks against it."""
    title = name_of(series)
    if not series.is_judged:
        yield Phrase("the rules have not judged the newest of {title} yet", title=title)
    if series.alert is not None:
        yield Phrase(
            "there was an alert on {title}: {alert}, {when}",
            title=title,
            alert=series.alert.title,
            when=times.timestamp(series.alert.began_at, window.zone),
        )
    if any(_is_against(verdict) for verdict in series.verdicts):
        yield Phrase("a detector does not call {title} normal", title=title)


def of_rest(series: ObservedSeries, points: Sequence[Point]) -> Iterator[Phrase]:
    """A gauge that shows one number for hours: a probe that stands still shows the same."""
    values = {value for point in points for value in (point.low, point.high)}
    if series.is_gauge and len(values) == 1:
        yield Phrase(
            "{title} shows {value} all of the time: its probe may stand still",
            title=name_of(series),
            value=PLAIN.with_unit(PLAIN.measured(values.pop()), series.unit),
        )


def of_steadiness(series: ObservedSeries, window: ProofWindow) -> Iterator[Phrase]:
    """Nobody has judged that it stays as it was."""
    is_normal = any(
        verdict.kind == "normal" and not verdict.alarm and window.now - verdict.at <= VERDICT_FRESH
        for verdict in series.verdicts
    )
    if not is_normal and not series.has_chart:
        yield Phrase("nothing judges yet whether {title} stays as it was", title=name_of(series))


def of_person(series: ObservedSeries, by: str) -> Iterator[Phrase]:
    """Whoever confirms has typed it: two looks of the same eyes are no proof."""
    if by and by in series.entered_by:
        yield Phrase(
            "{who} has typed {title}: another must confirm it", who=by, title=name_of(series)
        )


def of_gaps(
    series: ObservedSeries, proof: HeldProof, covered: WindowCoverage, window: ProofWindow
) -> Iterator[Phrase]:
    """It was not read long or often enough, or not lately."""
    title, last = name_of(series), series.points[-1]
    if window.end - (last.at + series.width) > proof.every:
        when = times.timestamp(last.at, window.zone)
        yield Phrase("there is no reading of {title} since {when}", title=title, when=when)
    if covered.pct < proof.coverage_pct:
        yield Phrase(
            "{title} was read for {covered} % of the time, {needed} % are needed",
            title=title,
            covered=PLAIN.fixed(int(covered.pct), 0),
            needed=PLAIN.fixed(proof.coverage_pct, 0),
        )
    gap = covered.gap
    if gap is not None and gap[1] - gap[0] > max(proof.window * LONGEST_GAP, proof.every):
        yield Phrase(
            "there is no reading of {title} from {start} to {end}",
            title=title,
            start=times.timestamp(gap[0], window.zone),
            end=times.timestamp(gap[1], window.zone),
        )


def of_work(window: ProofWindow) -> Iterator[Phrase]:
    """The work on the order began too long ago."""
    if window.now - window.end > WORK_AT_MOST:
        when = times.timestamp(window.end, window.zone)
        yield Phrase("the device is being worked on since {when}", when=when)
    if window.is_paused(window.end - 1, window.end):
        yield Phrase("the device is in a maintenance window")


def outside(series: ObservedSeries, value: float, at: int, window: ProofWindow) -> Phrase:
    """A value was beyond its limits."""
    return Phrase(
        "{title} was {value} on {when}, outside its limits",
        title=name_of(series),
        value=PLAIN.with_unit(PLAIN.measured(value), series.unit),
        when=times.timestamp(at, window.zone),
    )


def name_of(series: ObservedSeries) -> str:
    """As a person knows it; with its component, if it has one."""
    if not series.component:
        return series.title
    return Phrase("{title} ({component})", title=series.title, component=series.component)


def _is_against(verdict: SeenVerdict) -> bool:
    return verdict.alarm or verdict.kind in _NO_EVIDENCE
