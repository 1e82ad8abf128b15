"""A device added on the page: asked before it is written, written with its secrets apart, changed, taken out."""

import stat

import pytest
from streamlit.testing.v1 import AppTest

from core.schema.load import load_site
from dashboard.i18n import t
from storage.records.site_changes import site_changes
from storage.records.transaction import refusal
from tests.dashboard.centre import Centre
from tests.dashboard.driving import choose, click, page, screen, whole
from tests.dashboard.people import person, sign_in

LINE = "I0815 10:31:12.123456 main.cpp:1] Orthanc has started\n"


def typed(test: AppTest, label: str, text: str) -> AppTest:
    return whole(
        next(box for box in test.text_input if box.label == t(label)).set_value(text).run()
    )


def chosen(test: AppTest, kind: str) -> AppTest:
    return whole(test.selectbox[0].set_value(kind).run())


def errors(test: AppTest) -> str:
    return "\n".join(error.value for error in test.error)


def test_a_log_shows_its_newest_lines_and_the_device_is_written_with_a_reason(
    centre: Centre, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("logs") / "orthanc.log"
    file.write_text(LINE.replace("Orthanc", "<b>Orthanc</b>"))
    test = chosen(page("add_device"), "pacs")
    test = choose(test, t("add_device.sources"), ["logfile"])
    test = typed(test, "add_device.path", str(file))
    test = click(test, t("add_device.ask"))
    shown = screen(test)
    assert "&lt;b&gt;Orthanc&lt;/b&gt; has started" in shown
    assert "sw-icon-ok" in shown
    test = typed(test, "add_device.name", 'PACS: "new" #1')
    test = click(test, t("add_device.save"))
    assert errors(test) == ""
    site = load_site(centre.path)
    device = site.devices["pacs-new-1"]
    assert (device.name, device.sources[0].kind) == ('PACS: "new" #1', "logfile")
    with centre.records.reading() as db:
        change = site_changes(db, 1)[0]
    assert "pacs-new-1" in change.diff
    assert change.reason


def test_a_secret_is_asked_with_and_lies_in_a_file_of_its_own(centre: Centre) -> None:
    test = chosen(page("add_device"), "ups-rfc1628")
    test = typed(test, "add_device.host", "127.0.0.1")
    test = typed(test, "add_device.port", "9")
    test = typed(test, "add_device.community", "file:/etc/passwd")
    test = click(test, t("add_device.ask"))
    assert "sw-icon-error" in screen(test)
    folder = centre.site.file.storage.folder
    assert not list(folder.glob("probe-*")), "what was asked with is gone"
    test = click(test, t("add_device.save"))
    assert errors(test) == ""
    text = centre.path.read_text()
    [secret] = (folder / "secrets").iterdir()
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == ("file:/etc/passwd", 0o600)
    assert f"file:{secret}" in text


def test_every_mistake_is_said_and_nothing_is_written(centre: Centre) -> None:
    before = centre.path.read_text()
    test = chosen(page("add_device"), "ups-rfc1628")
    for action in (t("add_device.ask"), t("add_device.save")):
        assert errors(click(test, action))
    test = typed(test, "add_device.host", "127.0.0.1; reboot")
    assert errors(click(test, t("add_device.save")))
    assert centre.path.read_text() == before
    assert not (centre.site.file.storage.folder / "secrets").exists()


@pytest.mark.parametrize("own", ["/etc/passwd", "/proc/self/environ", "session.key", "site.yaml"])
def test_the_page_is_no_way_to_read_files_of_this_computer(centre: Centre, own: str) -> None:
    path = {"session.key": centre.site.session_key_path, "site.yaml": centre.path}.get(own, own)
    test = chosen(page("add_device"), "pacs")
    test = choose(test, t("add_device.sources"), ["logfile"])
    test = typed(test, "add_device.path", str(path))
    test = click(test, t("add_device.ask"))
    assert "is no log of a device" in errors(test)


def test_who_may_not_change_the_site_sees_why(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, person("technician"))
    test = page("add_device")
    assert str(refusal("change the site file").phrase) in screen(test)
    assert not test.button


def test_a_device_is_changed_and_taken_out_with_a_reason(centre: Centre) -> None:
    test = page("add_device", device="spare")
    test = typed(test, "add_device.name", "یدکی")
    assert "say why" in errors(click(test, t("add_device.save_changed")))
    reasons = [box for box in test.text_input if box.label == t("add_device.reason")]
    reasons[0].set_value("new sign")
    click(test, t("add_device.save_changed"))
    assert load_site(centre.path).devices["spare"].name == "یدکی"
    test = page("add_device", device="spare")
    reasons = [box for box in test.text_input if box.label == t("add_device.reason")]
    reasons[1].set_value("sold")
    click(test, t("add_device.remove_now", name="یدکی"))
    assert "spare" not in load_site(centre.path).devices
