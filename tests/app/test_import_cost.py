"""What each process of a site loads: a hospital's old machine runs eight of them side by side."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]

# Packages that cost more than 50 ms or 5 MB; what is not listed may be loaded anywhere.
HEAVY = frozenset(
    {
        "alembic",
        "amqtt",
        "apprise",
        "cryptography",
        "fontTools",
        "fpdf",
        "grafana_api",
        "grafana_foundation_sdk",
        "icalendar",
        "influxdb_client",
        "jdatetime",
        "numpy",
        "openpyxl",
        "paho",
        "pandas",
        "psycopg",
        "pyarrow",
        "pydantic",
        "pydicom",
        "pynetdicom",
        "pyrage",
        "pysnmp",
        "requests",
        "scipy",
        "segno",
        "sklearn",
        "sqlalchemy",
        "starlette",
        "streamlit",
        "uharfbuzz",
        "uvicorn",
        "yaml",
    }
)
SITE_FILE = {"pydantic", "yaml"}
SERIES = {"numpy"}
RECORDS = {"alembic", "sqlalchemy"}

# What a process has loaded when it begins to work: its module in app/services, or the dashboard's.
LOADS = {
    "collect": SITE_FILE | SERIES,
    "alert": SITE_FILE | SERIES | RECORDS,
    "maintain": SITE_FILE | SERIES | RECORDS,
    "dashboard": SITE_FILE
    | SERIES
    | RECORDS
    | {"icalendar", "pandas", "pyarrow", "starlette", "streamlit", "uvicorn"},
    "forward": SITE_FILE | SERIES | {"influxdb_client"},
    "backup": SITE_FILE | SERIES | RECORDS,
    "mail": SITE_FILE | RECORDS,
    "grafana": SITE_FILE | RECORDS | {"grafana_api", "grafana_foundation_sdk", "requests"},
}


def loaded_by(script: str, *words: str) -> set[str]:
    """The heavy packages in a fresh interpreter after the script."""
    ended = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys\nprint(*sys.modules)", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr
    modules = ended.stdout.splitlines()[-1].split()
    return {module.partition(".")[0] for module in modules} & HEAVY


COMMAND = """
from app.cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by(COMMAND, "--help") == set()


@pytest.mark.parametrize("process", LOADS)
def test_a_process_begins_with_what_it_works_with_and_no_more(process: str) -> None:
    module = "dashboard.http.server" if process == "dashboard" else f"app.services.{process}"
    assert loaded_by(f"import app.cli.main, core.schema.load, {module}") == LOADS[process]


def test_a_round_on_a_site_without_detectors_loads_no_more(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        f"id: small\nname: Small\nzone: Asia/Kabul\nstorage: {{folder: {tmp_path}}}\n"
        "devices: [{id: outdoor, name: Outdoor, profile: outdoor-sensor}]\n"
    )
    # The one source that every site has is what people type in, and it lies in the records.
    more = {"collect": RECORDS, "alert": set(), "maintain": set()}
    for process in ("collect", "alert", "maintain"):
        loaded = loaded_by(COMMAND, process, "--once", "--site", str(site))
        assert loaded == LOADS[process] | more[process]


def test_one_package_more_is_noticed() -> None:
    assert "openpyxl" in loaded_by("import maintenance.reports.xlsx")
