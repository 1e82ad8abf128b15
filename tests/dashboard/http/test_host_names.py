"""Names of servers in one form, whatever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.http.host_names import Authority, OwnNames, authority, is_same_origin


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SCANWARD.:8501", ("scanward", 8501)),
        ("scanward:", ("scanward", None)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:80", ("::1", 80)),
        ("[0:0:0:0:0:0:0:1]", ("::1", None)),
        ("[::ffff:192.0.2.1]", ("192.0.2.1", None)),
        ("röntgen.example", ("xn--rntgen-wxa.example", None)),
        ("::1", None),
        ("[::1", None),
        ("[fe80::1%eth0]", None),
        ("a:0", None),
        ("a:65536", None),
        ("a:-1", None),
        ("a b", None),
        ("a/b", None),
        ("a@b", None),
        (".", None),
        ("..", None),
        ("", None),
        ("a" * 300, None),
    ],
)
def test_a_host_is_read_in_one_form(text: str, meant: tuple[str, int | None] | None) -> None:
    assert authority(text) == meant


@given(st.text(max_size=40))
def test_whatever_a_stranger_writes_is_a_name_or_none(text: str) -> None:
    read = authority(text)
    assert read is None or read.name
    is_same_origin(text, Authority("localhost", 80))
    is_same_origin(f"http://{text}", Authority("localhost", 80))
    if read is not None:
        OwnNames([]).knows(read.name)


def test_an_origin_is_compared_with_its_port() -> None:
    here = Authority("scan.example", None)
    assert is_same_origin("https://scan.example", here)
    assert is_same_origin("http://scan.example:80", here)
    assert is_same_origin("HTTPS://SCAN.example.:443", here)
    assert not is_same_origin("https://scan.example:8443", here)
    assert is_same_origin("https://scan.example:8443", Authority("scan.example", 8443))


@pytest.mark.servers  # asks which addresses are this machine's
def test_configured_names_are_known_and_no_others() -> None:
    own = OwnNames(["Scan.Example.", "192.0.2.7", "0.0.0.0"])
    for name in (
        "scan.example",
        "192.0.2.7",
        "localhost",
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "0.0.0.0",
    ):
        assert own.knows(name), name
    for name in ("x.scan.example", "example", "192.0.2.8", "224.0.0.1", "::", "2001:db8::1", ""):
        assert not own.knows(name), name
