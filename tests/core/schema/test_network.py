"""Which addresses are of the site's own network."""

import pytest

from core.schema.http import Http
from core.schema.network import is_within


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.0.1", "::1", "10.1.2.3", "172.31.255.255", "192.168.43.7", "169.254.9.9",
     "fd12:3456::7", "fe80::1", "fe80::1%wlan0", "::ffff:192.168.1.9", "::FFFF:10.0.0.9"],
)  # fmt: skip
def test_by_default_this_machine_and_private_networks(address: str) -> None:
    assert is_within(address, Http().fault_form_from)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "172.15.255.255", "192.169.0.1", "11.0.0.1", "100.64.0.1", "0.0.0.0",
     "2001:db8::1", "::ffff:8.8.8.8", "::", "fec0::1", "", "test", "10.0.0.9, 10.0.0.8", "10.0.0.9:80",
     "010.0.0.9", "10.9", "١٠.٠.٠.٩"],
)  # fmt: skip
def test_nothing_else(address: str) -> None:
    assert not is_within(address, Http().fault_form_from)


def test_the_site_file_says_which() -> None:
    http = Http.model_validate({"fault_form_from": ["192.0.2.0/24", "2001:db8::/32", "10.0.0.9"]})
    inside = ("192.0.2.77", "2001:db8::7", "10.0.0.9")
    assert [is_within(address, http.fault_form_from) for address in inside] == [True] * 3
    assert not is_within("10.0.0.8", http.fault_form_from)
    assert not is_within("127.0.0.1", Http(fault_form_from=[]).fault_form_from)
    with pytest.raises(ValueError, match="nor a network"):
        Http.model_validate({"fault_form_from": ["10.0.0.9/8"]})
