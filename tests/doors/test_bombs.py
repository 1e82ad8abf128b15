"""A door takes a bomb for what it is: it says so in words, soon, and nothing large is ever in memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.bombs import Outcome

pytestmark = pytest.mark.servers

TOO_LARGE = "far larger, unpacked, than a sheet of assets"
WORDS = {
    "sheet: spaces": TOO_LARGE,
    "sheet: entities": TOO_LARGE,
    "sheet: cells": TOO_LARGE,
    "sheet: far corner": TOO_LARGE,
    "sheet: a row without end": TOO_LARGE,
    "sheet: dimension": TOO_LARGE,
    "sheet: merged": TOO_LARGE,
    "sheet: links": TOO_LARGE,
    "sheet: a lie of its size": "cannot be read",
    "supplier: archive": "log.zip is not taken",
    "supplier: picture": "photo.png is not taken",
    "supplier: moving picture": "image/gif",  # only its first image is ever decoded
    "picture: 60,000 by 60,000": "b''",  # none is shown
    "mail: parts in parts": "0 files",
    "site file: aliases": "stand for more than 500000 values",
    "site file: merges": "merges more than 10000 keys",
    "site file: itself": "stand for more than 500000 values",
    "bundle: archive": "it was not unpacked",
    "import: words": "20000 bad: ['",
    "import: another column": "0 bad",
    "import: sparse parquet": "cannot be read as Parquet",
    "import: sparse lines": "is longer than any reading",
    "restore: sparse list": "is larger than 64000000 bytes",
    "restore: nested list": "is damaged",
    "restore: sparse rows": "records.jsonl:1 is damaged",
    "restore: nested rows": "records.jsonl:1 is damaged",
    "key: sparse": "is larger than 100000 bytes",
    "key: to write to": "neither a key",
    "key: secret": "is larger than 100000 bytes",
    "certificate: sparse": "None",
    "site file: sparse": "is larger than 20000000 bytes",
}


def test_every_door_refuses_its_bombs_in_words_soon_and_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.doors.bombs"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = {name: Outcome(*values) for name, values in json.loads(done.stdout).items()}
    assert outcomes.keys() == WORDS.keys()
    for name, outcome in outcomes.items():
        assert WORDS[name] in outcome.words, name
        assert outcome.seconds < 20, (name, outcome)
        assert outcome.megabytes < 400, (name, outcome)
