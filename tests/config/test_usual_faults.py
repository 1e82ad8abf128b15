"""Every kind of device that ships has its usual faults for the form at the machine, in English and in Dari."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.schema.load import load_site
from core.schema.usual_faults import MOST_USUAL_FAULTS
from tests.config.shelf import DEVICES, profile, write

PERSIAN_ONLY = "يك"  # Arabic letters where Dari has ی and ک
FITS = 36  # characters: two lines of a chip on a telephone 390 pixels wide
SITE = "id: test\nname: Test\nzone: Asia/Kabul\ndevices: [{id: ct-1, name: CT, profile: own}]\n"
OWN = "title: Own\nextends: [_ct]\n"


@pytest.mark.parametrize("name", DEVICES)
def test_every_kind_has_its_own_usual_faults_in_both_languages(name: str) -> None:
    usual = profile(name).usual_faults
    assert 4 <= len(usual) <= MOST_USUAL_FAULTS
    assert usual != profile("base").usual_faults, "these are for what nobody has thought of yet"
    assert len({fault.en for fault in usual}) == len({fault.fa for fault in usual}) == len(usual)
    for fault in usual:
        assert len(fault.en) <= FITS
        assert len(fault.fa) <= FITS
        assert not any("a" <= sign <= "z" for sign in fault.fa), fault.fa
        assert not set(fault.fa) & set(PERSIAN_ONLY), fault.fa


def own_site(folder: Path, text: str) -> Path:
    write(folder, "profiles/own.yaml", OWN + text)
    return write(folder, "site.yaml", SITE)


def test_a_profile_replaces_those_of_its_parents_or_has_them(tmp_path: Path) -> None:
    inherited = load_site(own_site(tmp_path, "")).devices["ct-1"].profile
    assert inherited.usual_faults == profile("_ct").usual_faults
    text = "usual_faults: [{en: Table is stuck, fa: میز بند است}]\n"
    [own] = load_site(own_site(tmp_path, text)).devices["ct-1"].profile.usual_faults
    assert (own.in_language("en"), own.in_language("fa")) == ("Table is stuck", "میز بند است")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("usual_faults: [" + "{en: a, fa: b}, " * 7 + "]", "usual_faults"),
        ("usual_faults: [{en: Table is stuck}]", "usual_faults[0].fa"),
        ("usual_faults: [{en: '  ', fa: میز}]", "usual_faults[0].en"),
        (f"usual_faults: [{{en: {'x' * 61}, fa: میز}}]", "usual_faults[0].en"),
        ("usual_faults: Table is stuck", "usual_faults"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_site(own_site(tmp_path, text))
    assert [mistake.path for mistake in caught.value.mistakes] == [place]
