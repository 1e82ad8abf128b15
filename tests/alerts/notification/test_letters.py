"""Whole messages in English and Dari, as their readers get them."""

from pathlib import Path

import pytest

from core.text.numbers import LEFT_TO_RIGHT
from storage.records import Alert
from tests.alerts.notification.letters import Post, without_link

OPEN = "https://scanward.example/device?device="


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def low_helium(post: Post) -> Alert:
    alert = post.begin(0, "mri-2")
    post.change(alert, fired_value=58.0, value=55.5, component="left")
    return alert


def test_a_limit_alert(post: Post) -> None:
    earlier = post.begin(-5000, "mri-2")
    post.end(earlier, -4900)
    post.repair(earlier, "replaced the pump filter\nand more", -4800)
    low_helium(post)
    post.read("mri-2", "helium_level_pct", 12.0, 59)  # of another part
    post.readings.append(post.readings[0]._replace(value=57.0, component="left"))
    english, dari = map(without_link, post.post(61))
    assert english.splitlines() == [
        "Critical: MRI (Magnet room) left: Helium is low",
        "Since 2026-11-28 16:30 +0430",
        "The device can be used only in part",
        "Helium level: 58 % when it fired, limit 60 %",
        "Worst so far: 55.5 %",
        "Newest: 57 %, 2 min ago",
        "Do first: Order a helium refill.",
        "Last time (2026-11-25): replaced the pump filter",
        f"Open: {OPEN}mri-2",
        "Acknowledge: https://scanward.example",
        "Alert 2, delivery 1",
    ]
    assert dari.splitlines() == [
        "بحرانی: MRI (Magnet room)، left: هلیوم کم است",
        "از ۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ (+0430)",
        "دستگاه تنها قسماً قابل استفاده است",
        "سطح هلیوم: ۵۸ ٪ در وقت هشدار، حد ۶۰ ٪",
        "بدترین تا حالا: ۵۵٫۵ ٪",
        "تازه‌ترین: ۵۷ ٪، ۲ دقیقه پیش",
        "اول: پر کردن هلیوم را فرمایش دهید.",
        "بار گذشته (۴ قوس ۱۴۰۵): replaced the pump filter",
        "دیدن:",
        f"{OPEN}mri-2",
        "پذیرفتن:",
        "https://scanward.example",
        "هشدار ۲، پیام ۲",
    ]


def test_what_is_over_says_how_long_it_was_and_what_the_value_is_now(post: Post) -> None:
    alert = low_helium(post)
    post.read("mri-2", "helium_level_pct", 57.0, 59)
    post.readings[0] = post.readings[0]._replace(component="left")
    post.post(1)
    post.end(alert, 100)
    english, dari = post.post(101)
    assert english.splitlines() == [
        "Over: MRI (Magnet room) left: Helium is low",
        "Since 2026-11-28 16:30 +0430",
        "Over after 1 h 40 min",
        "Helium level: 58 % when it fired, limit 60 %",
        "Worst so far: 55.5 %",
        "When it ended: 70 %",
        f"Open: {OPEN}mri-2",
        "Alert 1, delivery 3",
    ]
    assert dari.splitlines()[:3] == [
        "ختم شد: MRI (Magnet room)، left: هلیوم کم است",
        "از ۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ (+0430)",
        "بعد از ۱ ساعت و ۴۰ دقیقه ختم شد",
    ]
    assert "در وقت ختم: ۷۰ ٪" in dari
    assert "اول:" not in dari


def test_a_detectors_alert_says_what_was_expected(post: Post) -> None:
    day = 60 * 24
    post.judge(
        0, value=40.1, expected=32.1, low=29.1, high=35.1, since=post.moment(-3000), limit=60.0,
        carried_by=["mean", "magnet_temp_c"], limit_at=post.moment(20 * day),
        limit_at_low=post.moment(15 * day), limit_at_high=post.moment(30 * day),
    )  # fmt: skip
    post.fire("mri-2", "magnet_drifts", "The magnet temperature drifts", "magnet_temp_c", None)
    english, dari = map(without_link, post.post(1))
    assert english.splitlines()[:7] == [
        "Error: MRI (Magnet room): The magnet temperature drifts",
        "Since 2026-11-28 16:30 +0430",
        "Was 40.1 °C, expected 32.1 °C (29.1 to 35.1)",
        "It began about 2026-11-26",
        "Seen in: the level, Magnet temperature",
        "Reaches 60 °C in 20 days, between 15 and 30",
        "Do first: Check the room.",
    ]
    assert dari.splitlines()[:7] == [
        "خطا: MRI (Magnet room): حرارت مقناطیس آهسته تغییر می‌کند",
        "از ۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ (+0430)",
        "۴۰٫۱ °C بود، انتظار ۳۲٫۱ °C می‌رفت (۲۹٫۱ تا ۳۵٫۱)",
        "در حدود ۵ قوس ۱۴۰۵ شروع شد",
        "دیده می‌شود در: سطح، حرارت مقناطیس",
        "تا ۲۰ روز به ۶۰ °C می‌رسد، میان ۱۵ و ۳۰ روز",
        "اول: اتاق را ببینید.",
    ]


def mains_failure(post: Post) -> None:
    title = "The mains has failed, the UPS runs on battery"
    post.fire("ups-1", "on_battery", title, "output_source", 5.0)
    for number in range(5):
        device = ("mri-2", "ct-1")[number % 2]
        post.begin(0, device, "error", rule=f"r{number}", incident=1, suppressed_by="ups-1")


def test_a_power_cut_is_one_message_with_what_it_explains(post: Post) -> None:
    mains_failure(post)
    english, dari = map(without_link, post.post(1))
    assert english.splitlines() == [
        "Error: ups-1: The mains has failed, the UPS runs on battery (and 5 more)",
        "Since 2026-11-28 16:30 +0430",
        "Output comes from: battery when it fired",
        "Do first: Start the generator.",
        *["- MRI (Magnet room): Helium is low", "- ct-1: Helium is low"] * 2,
        "- MRI (Magnet room): Helium is low",
        f"Open: {OPEN}ups-1",
        "Acknowledge: https://scanward.example",
        "Incident 1, delivery 1",
    ]
    assert dari.splitlines()[:5] == [
        "خطا: ups-1: برق شهر رفته است، UPS با بتری کار می‌کند (و ۵ مورد دیگر)",
        "از ۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ (+0430)",
        "خروجی می‌آید از: بتری در وقت هشدار",
        "اول: جنراتور را روشن کنید.",
        "- MRI (Magnet room): هلیوم کم است",
    ]


def test_a_reminder_is_one(post: Post) -> None:
    mains_failure(post)
    post.post(1)
    english, dari = post.post(62)
    assert english.startswith("Reminder: Error: ups-1: The mains has failed")
    assert dari.startswith("یادآوری: خطا: ups-1: برق شهر رفته است")
    assert "Do first: Start the generator." in english


def test_many_at_once_are_a_digest_in_the_readers_language(post: Post) -> None:
    post.omar.is_down = post.sara.is_down = True
    post.begin_many(0, ["a", "b", "c", "d"])
    with pytest.raises(IndexError):
        post.post(1)
    post.omar.is_down = post.sara.is_down = False
    english, dari = post.post(120)
    assert english.startswith(
        "Digest: 4 alerts, 4 not over\n2026-11-28 16:30 Warning: ct-1: Helium"
    )
    assert dari.splitlines()[0] == "خلاصه: ۴ هشدار، ۴ تای آن ختم نشده"
    line = "۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ اخطار: ct-1: هلیوم کم است، ختم نشده"
    assert dari.splitlines()[1] == line


def test_a_device_that_was_removed_is_named_by_its_id(post: Post) -> None:
    alert = post.fire("gone-1", "some_rule", "Helium is low", "helium_level_pct", 5.0)
    post.repair(alert, "nothing", -1, device="gone-1")
    english, dari = map(without_link, post.post(1))
    assert english.splitlines() == [
        "Error: gone-1: Helium is low",
        "Since 2026-11-28 16:30 +0430",
        "helium_level_pct: 5 when it fired",
        "Last time (2026-11-28): nothing",
        "Acknowledge: https://scanward.example",
        "Alert 1, delivery 1",
    ]
    assert "helium_level_pct: ۵ در وقت هشدار" in dari


def test_what_runs_the_other_way_is_kept_whole(post: Post) -> None:
    post.judge(0, value=40.1, expected=32.1)
    post.fire("mri-2", "magnet_drifts", "The magnet temperature drifts", "magnet_temp_c", None)
    post.post(1)
    [message], mark = post.sara.messages, LEFT_TO_RIGHT
    assert f"{mark}MRI (Magnet room){mark}" in message.title
    assert f"{mark}۴۰٫۱\u00a0°C{mark} بود" in message.body
    assert LEFT_TO_RIGHT not in post.omar.messages[0].body


def test_a_store_that_cannot_be_read_costs_the_number_and_not_the_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import StoreError

    def broken(device: str) -> list[object]:
        raise StoreError(f"{device}: the disk is gone")

    monkeypatch.setattr(post, "latest", broken)
    low_helium(post)
    english, _ = post.post(1)
    assert "58 % when it fired" in english
    assert "Newest" not in english


def test_a_reading_from_2036_is_not_the_newest(post: Post) -> None:
    post.fire("mri-2", "helium_low", "Helium is low", "helium_level_pct", 58.0)
    post.read("mri-2", "helium_level_pct", 99.0, 60 * 24 * 3650)
    assert "99" not in post.post(1)[0]


def test_an_alert_of_a_rate_says_how_fast_it_was(post: Post) -> None:
    for minute in range(-60, 1, 2):
        post.read("mri-2", "magnet_temp_c", 28 + 0.5 * -minute / 60, minute)
    post.fire("mri-2", "magnet_cools", "The magnet cools fast", "magnet_temp_c", 28.0)
    english, dari = post.post(2)
    assert "Magnet temperature: Fell 0.5 °C in 1 h, limit 0.2 °C" in english.splitlines()
    assert "حرارت مقناطیس: در ۱ ساعت به اندازهٔ ۰٫۵" in dari


def test_an_alert_of_a_rate_whose_readings_are_gone_says_its_limit(post: Post) -> None:
    post.fire("mri-2", "magnet_cools", "The magnet cools fast", "magnet_temp_c", 28.0)
    assert (
        "Magnet temperature: Limit -0.2 °C in 1 h; how fast it was is not known" in post.post(2)[0]
    )
