"""A file that is handed in is read whole if it is small, and else refused with its reason."""

from pathlib import Path

import pytest

from core.bounded_file import read_bounded


@pytest.mark.parametrize("content", [b"", b"abc", b"12345"])
def test_a_small_file_is_read_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    assert read_bounded(path, 5) == content


def test_what_is_larger_or_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"123456")
    for large in (path, Path("/dev/zero")):
        with pytest.raises(OSError, match="is larger than 5 bytes"):
            read_bounded(large, 5)
