"""`scanward` as an operator types it, forked from the process that has read its code already.

A process of its own reads a second or two of code before it does anything; what that costs is counted in
tests/app/test_import_cost.py. Here are its words, its exit code, its output and its environment.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

from tests.support.warm_server import CONTEXT

ROOT = Path(__file__).parents[2]


def scanward(*words: str, timeout: float = 100) -> CompletedProcess[str]:
    """What `python -m app` with these words ends with, in the project's folder."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        process = CONTEXT.Process(target=_run, args=(words, output, errors, dict(os.environ)))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(words, timeout, output.read_bytes(), errors.read_bytes())
        texts = output.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")
        return CompletedProcess(words, process.exitcode, *texts)


def _run(
    words: tuple[str, ...], output: Path, errors: Path, environment: Mapping[str, str]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [str(ROOT / "app" / "__main__.py"), *words]
    with output.open("wb") as to_output, errors.open("wb") as to_errors:
        os.dup2(to_output.fileno(), sys.stdout.fileno())
        os.dup2(to_errors.fileno(), sys.stderr.fileno())
    from app.cli.main import main

    main()
