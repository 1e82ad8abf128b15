"""A bundle that differs by one bit from what was signed is not whole."""

import hashlib
import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from maintenance.bundle.archive import seal
from maintenance.bundle.verify import verify
from tests.maintenance.bundle.cast import KEY, unzipped

KNOWN = [KEY.public_key()]
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ABOUT = {"made_utc": "2026-01-02T00:00:00.000Z", "site": "test", "device": "ct-2"}
SMALL = seal({"index.html": b"<p>page</p>" * 9, "readings/ct-2.csv": b"a,b\r\n1,2\r\n"}, ABOUT, KEY)


def test_a_whole_bundle_says_whose_it_is(bundle: bytes) -> None:
    found = verify(bundle, KNOWN)
    assert found.is_whole
    assert found.is_known
    assert (found.site, found.device) == ("test", "ct-2")


def test_a_key_that_one_does_not_know_proves_nothing(bundle: bytes) -> None:
    found = verify(bundle, [STRANGER.public_key()])
    assert found.is_whole
    assert not found.is_known
    assert len(found.signer.replace(" ", "")) == 64


def test_every_single_bit_counts() -> None:
    unnoticed = []
    for position in range(len(SMALL) * 8):
        damaged = bytearray(SMALL)
        damaged[position // 8] ^= 1 << position % 8
        if verify(bytes(damaged), KNOWN).is_whole:
            unnoticed.append(position)
    assert unnoticed == []


def test_a_flipped_bit_of_a_real_bundle_is_noticed_and_placed(bundle: bytes) -> None:
    dice = random.Random(7)
    for _ in range(200):
        damaged = bytearray(bundle)
        damaged[dice.randrange(len(bundle))] ^= 1 << dice.randrange(8)
        found = verify(bytes(damaged), KNOWN)
        assert not found.is_whole
        assert all(len(problem) > 20 for problem in found.problems)


def test_a_damaged_file_is_named() -> None:
    # The packed bytes of the page begin after its header and its name.
    at = SMALL.index(b"index.html") + len("index.html") + 3
    damaged = SMALL[:at] + bytes([SMALL[at] ^ 1]) + SMALL[at + 1 :]
    assert "index.html" in verify(damaged, KNOWN).problems[0]


@pytest.mark.parametrize("length", [0, 1, 21, 100, len(SMALL) // 2, len(SMALL) - 1])
def test_a_file_that_was_cut_off_is_not_whole(length: int) -> None:
    assert not verify(SMALL[:length], KNOWN).is_whole


@pytest.mark.parametrize("extra", [b"\0", b"PK\x05\x06", SMALL])
def test_nothing_may_stand_before_or_behind(extra: bytes) -> None:
    assert not verify(SMALL + extra, KNOWN).is_whole
    assert not verify(extra + SMALL, KNOWN).is_whole


def test_who_seals_anew_what_he_changed_signs_with_his_own_key() -> None:
    forged = seal({"index.html": b"changed"}, ABOUT, STRANGER)
    found = verify(forged, KNOWN)
    assert found.is_whole
    assert not found.is_known


def rezipped(files: list[tuple[str, bytes]]) -> bytes:
    """As somebody without the key would pack it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return written.getvalue()


OWN = list(unzipped(SMALL).items())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([*OWN, ("extra.html", b"x")], "extra.html: is not in the manifest"),
        ([*OWN, ("../../evil", b"x")], "'../../evil': would be written outside"),
        ([*OWN, ("/etc/passwd", b"x")], "'/etc/passwd': would be written outside"),
        ([*OWN, ("a\\..\\b", b"x")], "would be written outside"),
        ([*OWN, ("index.html", b"x")], "index.html: is there twice"),
        ([file for file in OWN if file[0] != "index.html"], "index.html: is missing"),
        ([file for file in OWN if file[0] != "manifest.sig"], "manifest.sig: is missing"),
        ([file for file in OWN if file[0] != "signer.pem"], "signer.pem: holds no Ed25519"),
        (
            [(name, b"x" if name == "index.html" else body) for name, body in OWN],
            "index.html: differs from what was signed",
        ),
        (
            [(name, body.replace(b"ct-2", b"ct-3")) for name, body in OWN],
            "manifest.json: the signature in manifest.sig does not fit",
        ),
        (OWN, "the ZIP's own headers or its seal"),
    ],
)
def test_what_was_packed_anew_is_refused(files: list[tuple[str, bytes]], said: str) -> None:
    assert said in "\n".join(verify(rezipped(files), KNOWN).problems)


def test_what_would_unpack_to_more_than_a_disk_is_not_unpacked() -> None:
    bomb = bytearray(rezipped([("index.html", bytes(1000))]))
    directory = bomb.rindex(b"PK\x01\x02")
    struct.pack_into("<I", bomb, directory + 24, 0xFFFFFFF0)  # the size that it claims
    assert "more than a bundle can hold" in verify(bytes(bomb), KNOWN).problems[0]


def hide(data: bytes) -> bytes:
    """Bytes between the last file and the directory, which no program shows."""
    at = data.index(b"PK\x01\x02")
    hidden = data[:at] + b"hidden" + data[at:]
    end = hidden.rindex(b"PK\x05\x06")
    return hidden[: end + 16] + struct.pack("<I", at + 6) + hidden[end + 20 :]


def rename_inside(data: bytes) -> bytes:
    """A file that has another name in its own header than in the directory."""
    return data.replace(b"index.html", b"index.exe!", 1)


@pytest.mark.parametrize("change", [hide, rename_inside])
def test_what_the_directory_does_not_tell_is_refused(change: Callable[[bytes], bytes]) -> None:
    changed = change(rezipped(OWN))
    assert zipfile.ZipFile(io.BytesIO(changed)).namelist()
    assert not verify(changed, KNOWN).is_whole


def test_an_encrypted_bundle_is_told_from_a_broken_one() -> None:
    assert "decrypt it" in verify(b"age-encryption.org/v1\n...", KNOWN).problems[0]


@given(st.binary(max_size=300))
def test_anything_may_be_handed_in(data: bytes) -> None:
    assert not verify(data, KNOWN).is_whole


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8))
def test_any_change_is_noticed(at: int, change: bytes) -> None:
    changed = SMALL[:at] + change + SMALL[at + len(change) :]
    assert verify(changed, KNOWN).is_whole == (changed == SMALL)


def test_the_manifest_lists_the_sums_of_all_files(files: dict[str, bytes]) -> None:
    manifest = files["manifest.json"].decode()
    for name, body in files.items():
        if name not in ("manifest.json", "manifest.sig", "signer.pem"):
            assert f'"name": "{name}", "bytes": {len(body)}' in manifest
            assert hashlib.sha256(body).hexdigest() in manifest
