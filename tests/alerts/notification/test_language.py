"""Words, numbers and moments of a message, and how much of it a channel takes."""

import string
from dataclasses import replace
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from alerts.notification.alert_lines import AlertFacts
from alerts.notification.incident_message import IncidentEvidence, compose_notice
from alerts.notification.language import WORDS, MessageWords, words_for
from alerts.notification.last_time import LastRepair
from alerts.notification.message import MessageLine, fitted
from alerts.notification.trial import trial
from core.readings import Reading
from core.schema.metric import Metric
from core.text.catalogue import load_words
from core.text.numbers import LEFT_TO_RIGHT, RIGHT_TO_LEFT
from core.time.calendars import Calendar
from core.time.clock import HOUR
from core.vocabulary.alerts import NoticeKind
from storage.records import Alert, Delivery, Verdict
from storage.records.incidents import Incident, Notice
from tests.alerts.notification.incidents import T0
from tests.alerts.notification.letters import Post
from tests.support.examples import examples

ZONE = ZoneInfo("Asia/Kabul")
DARI = MessageWords("fa", "solar", ZONE)
ENGLISH = MessageWords("en", "solar", ZONE)
OWN = ("unit.", "time.")  # a language may need more of them


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_dari_has_the_words_of_english_with_the_same_placeholders() -> None:
    english, dari = load_words(WORDS, "en"), load_words(WORDS, "fa")
    assert set(english) <= set(dari)
    assert [key for key in set(dari) - set(english) if not key.startswith(OWN)] == []
    for key, words in english.items():
        allowed = {"zone"} if key == "time.moment_there" else set[str]()
        assert placeholders(words) - placeholders(dari[key]) <= allowed, key


@pytest.mark.parametrize(
    ("calendar", "shown"),
    [("solar", "۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰"), ("gregorian", "۲۸ نومبر ۲۰۲۶، ساعت ۱۶:۳۰")],
)
def test_a_moment_by_the_sites_calendar(calendar: Calendar, shown: str) -> None:
    assert MessageWords("fa", calendar, ZONE).moment(T0) == shown
    assert MessageWords("en", calendar, ZONE).moment(T0) == "2026-11-28 16:30"


@pytest.mark.parametrize(
    ("value", "metric", "english", "dari"),
    [
        (58, Metric(title="x", unit="%"), "58 %", "۵۸\u00a0٪"),
        (-3.5, Metric(title="x", unit="K"), "-3.5 K", "\u200e\u200e−۳٫۵\u00a0K\u200e"),
        (14_881_000, Metric(title="x", unit="Hz"), "14881000 Hz", "\u200e۱۴٬۸۸۱٬۰۰۰\u00a0Hz\u200e"),
        (5400, Metric(title="x", unit="s"), "1 h 30 min", "۱ ساعت و ۳۰ دقیقه"),
        (1.5e9, Metric(title="x", unit="B"), "1.5 GB", "\u200e۱٫۵\u00a0GB\u200e"),
        (3, Metric(title="x", kind="state", states={3: "low"}), "low", "پایین"),
        (4, Metric(title="x", kind="state", states={3: "low"}), "4", "۴"),
        (float("nan"), Metric(title="x", kind="state", states={3: "low"}), "–", "–"),
        (float("inf"), Metric(title="x", unit="s"), "– s", "–\u00a0ثانیه"),
    ],
)
def test_a_quantity(value: float, metric: Metric, english: str, dari: str) -> None:
    assert ENGLISH.quantity(value, metric) == english
    assert DARI.quantity(value, metric) == dari


def test_names_of_the_other_direction_stand_between_marks_and_in_one_line() -> None:
    assert DARI.name("CT (cellar)\n2") == f"{LEFT_TO_RIGHT}CT (cellar) 2{LEFT_TO_RIGHT}"
    assert DARI.name("سی تی") == "سی تی"
    assert ENGLISH.name("سی تی") == f"{RIGHT_TO_LEFT}سی تی{RIGHT_TO_LEFT}"
    assert ENGLISH.name("a\u202eb\u2066c") == "abc"
    assert ENGLISH.name("x" * 500) == "x" * 79 + "…"


def test_a_reader_has_a_language_and_else_the_sites(tmp_path: Path) -> None:
    site = Post(tmp_path).site
    languages = [words_for(site, person).language for person in ("sara", "omar", "", "nobody")]
    assert languages == ["fa", "en", "en", "en"]


def test_a_channel_speaks_as_its_only_reader_and_a_shared_one_as_the_site(tmp_path: Path) -> None:
    site = Post(tmp_path).site
    assert [words_for(site, "", channel).language for channel in ("sms", "phone", "log")] == ["fa", "en", "en"]  # fmt: skip
    people = [person.model_copy(update={"channels": ["sms"]}) for person in site.file.people]
    shared = replace(site, file=site.file.model_copy(update={"people": people}))
    assert words_for(shared, "", "sms").language == "en"
    assert words_for(shared, "sara", "sms").language == "fa"
    assert trial(site, "sms").title == "Scanward در Test: آزمایش"
    assert trial(site, "phone").title == "Scanward at Test: a test"


def test_a_language_that_is_begun_is_completed_by_dari() -> None:
    pashto = MessageWords("ps", "solar", ZONE)
    assert pashto.text("line.since", when=pashto.moment(T0)) == "له ۷ لیندۍ ۱۴۰۵، ۱۶:۳۰ بجې"
    assert pashto.text("verdict.absent") == DARI.text("verdict.absent")
    assert pashto.span(5_400_000) == "۱ ساعته او ۳۰ دقیقې"
    assert pashto.name("CT 2") == DARI.name("CT 2")


LINES = [
    MessageLine(1, "Since yesterday"),
    MessageLine(0, "Helium: 58 %"),
    MessageLine(0, "Do first: order helium and read the level."),
    MessageLine(6, "- one"),
    MessageLine(6, "- two"),
    MessageLine(2, "https://scanward.example/ack/1"),
]


@pytest.mark.parametrize(
    ("longest", "body"),
    [
        (1000, [line.text for line in LINES]),
        (115, [line.text for line in LINES if line.rank < 6]),
        (85, [LINES[0].text, LINES[1].text, LINES[2].text]),
        (70, [LINES[1].text, LINES[2].text]),
        (40, [LINES[1].text, "Do first: order…"]),
        (10, []),
    ],
)
def test_a_short_channel_gets_title_value_and_what_to_do(longest: int, body: list[str]) -> None:
    title, rest = fitted("Helium low", LINES, longest)
    assert title == "Helium low"
    assert rest.splitlines() == body


numbers = st.none() | st.floats()
texts = st.text(max_size=400)
times = st.integers(0, T0 + 300 * 365 * 24 * HOUR)
kinds: st.SearchStrategy[NoticeKind] = st.sampled_from(
    ["fired", "worse", "still_wrong", "reminder", "escalation", "over"]
)


@st.composite
def evidences(draw: st.DrawFn) -> IncidentEvidence:
    alerts = []
    for number in range(draw(st.integers(1, 30))):
        alert = Alert(
            device=draw(st.sampled_from(["mri-2", "ct-1", "gone"]) | texts),
            component=draw(texts), rule=draw(st.sampled_from(["helium_low", "on_battery"])),
            title=draw(texts), severity="critical", metric=draw(st.just("output_source") | texts),
            state="firing", began_at=draw(times), value=draw(numbers), limit=draw(numbers),
            ended_at=draw(st.none() | times),
        )  # fmt: skip
        alert.id = number + 1
        alerts.append(alert)
    notice = Notice(1, kind=draw(kinds), at=draw(times), severity="critical")
    incident = Incident(began_at=draw(times), cause_id=draw(st.integers(1, 3)))
    incident.id = 1
    return IncidentEvidence(notice, incident, alerts, draw(facts()))


@st.composite
def facts(draw: st.DrawFn) -> AlertFacts:
    verdict = Verdict(
        device="mri-2", component="", detector="magnet", at=draw(times), kind="stuck", score=1.0,
        alarm=True, value=draw(numbers), expected=draw(numbers), low=draw(numbers), high=draw(numbers),
        since=draw(st.none() | times), limit=draw(numbers), limit_at=draw(st.none() | times),
        limit_at_low=draw(st.none() | times), reason=draw(texts), carried_by=["gain", "mean"],
    )  # fmt: skip
    reading = Reading("mri-2", "output_source", draw(st.floats(allow_nan=False)), draw(times))
    return AlertFacts(
        draw(numbers), draw(numbers), draw(st.none() | st.just(verdict)),
        draw(st.none() | st.just(reading)),
        draw(st.none() | st.builds(LastRepair, times, texts)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Post:
    return Post(tmp_path_factory.mktemp("post"))


@examples(60, list(HealthCheck))
@given(evidences(), st.sampled_from(["en", "fa"]), st.integers(40, 5000), times)
def test_any_incident_is_a_message_of_bounded_length(
    post: Post,
    evidence: IncidentEvidence,
    language: Literal["en", "fa"],
    longest: int,
    now: int,
) -> None:
    delivery = Delivery(transition=None, channel="sms", next_at=0)
    delivery.id = 7
    words = MessageWords(language, "solar", ZONE)
    message = compose_notice(post.site, delivery, evidence, words, now, "https://x/ack", longest)
    assert len(message.title) + 1 + len(message.body) <= longest + 1
    assert "\n" not in message.title
    assert message.title
