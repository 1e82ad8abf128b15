"""The decision, for whatever situation: nothing negative, one order, no cut that could end."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.power.plan import make_plan
from alerts.power.situation import (
    Generator,
    Load,
    Measured,
    Role,
    RunningExamination,
    Situation,
    Temperature,
    UpsState,
)
from core.time.clock import MINUTE

NOW = 1_790_000_000_000
ROLES: tuple[Role, ...] = ("scanner", "scanner", "cooling", "server", "network")
minutes = st.floats(0, 200)
maybe = st.none() | minutes
measured = st.builds(Measured, st.none() | st.floats(-1, 1500), st.just(NOW), st.booleans())


@st.composite
def loads(draw: st.DrawFn, device: str) -> Load:
    role = draw(st.sampled_from(ROLES))
    examination = None
    if role == "scanner" and draw(st.booleans()):
        least = draw(st.floats(0, 30))
        expected = draw(st.none() | st.floats(least, least + 30))
        examination = RunningExamination(
            NOW, expected, least if expected is not None else 0.0, "plug"
        )
    return Load(
        device=device,
        role=role,
        watts=draw(st.none() | st.floats(0, 5000)),
        is_off=draw(st.sampled_from((None, False, False, True))) if not examination else False,
        examination=examination,
        stop_min=draw(st.floats(0, 10)),
        restart_min=draw(maybe),
        needs=tuple(draw(st.lists(st.sampled_from(("dev-0", "dev-1", "ups-1")), unique=True))),
        temperature=draw(
            st.none()
            | st.builds(
                Temperature, st.none() | st.floats(-5, 5), st.none() | st.floats(-5, 5),
                st.none() | st.floats(-1, 1), minutes, st.floats(1, 600), st.floats(0.001, 1), minutes,
            )
        ),
    )  # fmt: skip


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    count = draw(st.integers(0, 6))
    is_cut = draw(st.sampled_from((True, True, False)))
    ups = UpsState(
        "ups-1",
        is_on_battery=is_cut,
        since=NOW - 5 * MINUTE if is_cut else None,
        read_at=NOW - draw(st.integers(0, 60)) * MINUTE,
        card_min=draw(measured),
        charge_pct=draw(st.builds(Measured, st.none() | st.floats(0, 110))),
        load_pct=draw(st.builds(Measured, st.none() | st.floats(0, 150))),
        rated_w=draw(st.none() | st.floats(500, 20_000)),
        table=draw(st.sampled_from(((), ((50.0, 30.0),), ((25.0, 80.0), (100.0, 12.0))))),
        age_share=draw(st.none() | st.floats(0, 5)),
        loads=tuple(draw(loads(f"dev-{number}")) for number in range(count)),
    )
    generator = Generator(
        "gen", draw(st.none() | st.booleans()), draw(maybe), Measured(draw(maybe), NOW), draw(maybe),
        draw(st.none() | st.floats(100, 20_000)), ("ups-1",),
    )  # fmt: skip
    return Situation(
        NOW, "cut" if is_cut else "on", NOW - 5 * MINUTE, None if is_cut else NOW, (ups,), (generator,)
    )  # fmt: skip


@given(situations())
def test_no_time_lies_in_the_past_and_no_minute_is_negative(now: Situation) -> None:
    plan = make_plan(now)
    left = plan.ups[0].left
    assert all(value is None or value >= 0 for value in (left.low, left.minutes, left.high))
    assert all(stop.by is None or stop.by >= NOW for stop in plan.ups[0].stops)
    assert all((stop.buys_min or 0) >= -1e-9 for stop in plan.ups[0].stops)
    for each in plan.restarts:
        assert each.start_min >= 0
        assert each.usable_min is None or each.usable_min >= each.start_min


@given(situations())
def test_each_device_is_in_it_once_and_the_order_is_the_same_again(now: Situation) -> None:
    plan = make_plan(now)
    devices = [stop.device for stop in plan.ups[0].stops]
    assert sorted(devices) == sorted(load.device for load in now.ups[0].loads if not load.is_off)
    assert make_plan(now) == plan


@given(situations())
def test_what_runs_no_examination_goes_before_what_does(now: Situation) -> None:
    running = {load.device for load in now.ups[0].loads if load.examination is not None}
    needed = {name for load in now.ups[0].loads if load.device in running for name in load.needs}
    network = {load.device for load in now.ups[0].loads if load.role == "network"}
    order = [stop.device in running for stop in make_plan(now).ups[0].stops
             if stop.device not in needed | network]  # fmt: skip
    assert order == sorted(order)
    for stop in make_plan(now).ups[0].stops:
        assert (stop.action == "stop") == (stop.device not in running)


@given(situations())
def test_nothing_is_given_up_that_could_end_alone(now: Situation) -> None:
    """With all else off and the long estimate, a short examination of its own would not fit in either...

    ... unless another, or several, end in its place.
    """
    plan = make_plan(now)
    ups, left = now.ups[0], plan.ups[0].left
    given_up = [stop.device for stop in plan.ups[0].stops if stop.action == "give_up"]
    going_on = [stop.device for stop in plan.ups[0].stops if stop.action in ("finish", "risky")]
    if given_up:
        assert left.high is not None, "nobody knows: nothing is given up"
        assert plan.generators[0].state != "expected"
    for load in ups.loads:
        if load.device in given_up and not going_on and load.examination:
            assert load.examination.least_min >= (left.high or 0) * 0.999, (
                "it would have ended as it is"
            )


@given(situations())
def test_more_minutes_never_give_up_more(now: Situation) -> None:
    def count(card: float) -> int:
        ups = replace(now.ups[0], card_min=Measured(card, NOW), table=(), read_at=NOW)
        plan = make_plan(replace(now, ups=(ups,)))
        return sum(stop.action == "give_up" for stop in plan.ups[0].stops)

    assert count(60) <= count(20) <= count(5)
