"""Known faults of what `requirements.lock` pins: `make audit`. pip-audit asks PyPI, which need not be reached.

A finding without a mend can be excused by its name, with a reason and a last day, in `.ci/audit-excused.toml`:

    [[excused]]
    id = "PYSEC-2026-1"
    reason = "only in the part that parses XML, which nothing here calls"
    until = 2027-01-31
"""

import json
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCK, EXCUSED = ROOT / "requirements.lock", ROOT / ".ci" / "audit-excused.toml"
SERVICE = "https://pypi.org/simple/pip/"
PATIENCE_S = 10
NOT_REACHED = "audit: not reached: nothing is known of faults in what requirements.lock pins\n"


def excuses(text: str, today: date) -> list[str]:
    """The findings that are excused. ValueError for one without a reason, or whose last day is over."""
    ids = []
    entries: list[dict[str, Any]] = tomllib.loads(text).get("excused", [])
    for entry in entries:
        name, reason, until = (entry.get(key) for key in ("id", "reason", "until"))
        if not name or not str(reason or "").strip() or not isinstance(until, date):
            raise ValueError(f"{name}: an excuse has `id`, `reason` and `until`, a day")
        if until < today:
            raise ValueError(f"{name}: excused until {until}: look whether there is a mend now")
        ids.append(str(name))
    return ids


def command(ids: Iterable[str]) -> list[str]:
    """How pip-audit is asked: about the lock file as it is, installing nothing."""
    ignored = [word for name in ids for word in ("--ignore-vuln", name)]
    return [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes"),
        *("--disable-pip", "--progress-spinner", "off", "--timeout", str(PATIENCE_S)),
        *("--format", "json", *ignored),
    ]  # fmt: skip


def is_reached(service: str = SERVICE) -> bool:
    """Does it answer soon?"""
    try:
        with urllib.request.urlopen(service, timeout=PATIENCE_S):
            return True
    except OSError:
        return False


def verdict(answer: str) -> tuple[str, int]:
    """What pip-audit's JSON says, and 1 with a finding. What could not be looked at is named, and never called sound."""
    packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        return NOT_REACHED, 0
    findings = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'nothing yet'}"
        for package in packages
        for fault in package.get("vulns", [])
    ]
    lines = [
        *findings,
        f"audit: {len(findings)} known faults in {len(packages) - len(unknown)} packages",
    ]
    if unknown:
        lines.append(f"audit: nothing is known of {', '.join(unknown)}")
    return "\n".join(lines) + "\n", int(bool(findings))


def main() -> int:
    """0 without findings, or if nobody could be asked."""
    text = EXCUSED.read_text(encoding="utf-8") if EXCUSED.exists() else ""
    ids = excuses(text, datetime.now(UTC).date())
    if not is_reached():
        sys.stdout.write(NOT_REACHED)
        return 0
    done = subprocess.run(command(ids), capture_output=True, text=True, check=False)
    if "Could not connect" in done.stderr:
        sys.stdout.write(NOT_REACHED)
        return 0
    if not done.stdout:
        sys.stdout.write(done.stderr)
        return 1
    text, code = verdict(done.stdout)
    sys.stdout.write(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
