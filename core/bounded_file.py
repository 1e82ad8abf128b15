"""Files that people hand in, which are small: one that is not is refused before it is in memory."""

import errno
import os
from pathlib import Path

KEY = 100_000  # bytes of the largest key or secret; ours, as those below
CERTIFICATES = 1_000_000  # of a chain of them
SETTINGS = 20_000_000  # of a file of YAML: the largest of a real site has 1 MB


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a file. OSError with its reason if it has more than `most`, or cannot be read."""
    with path.open("rb") as file:
        content = b"" if os.fstat(file.fileno()).st_size > most else file.read(most + 1)
        if len(content) > most or (not content and file.read(1)):
            raise OSError(errno.EFBIG, f"is larger than {most} bytes", str(path))
    return content
