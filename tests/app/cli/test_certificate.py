"""`scanward certificate` as a person uses it."""

from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError

SITE = """id: herat
name: Herat
zone: Asia/Kabul
storage: {{folder: {folder}}}
http: {{names: [{names}], tls: own}}
devices: [{{id: outdoor, name: Outdoor, profile: outdoor-sensor}}]
"""


def run(site: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["certificate", *words, "--site", str(site)], catch_exceptions=False)  # fmt: skip
    assert result.exit_code == 0, result.output
    return result.output


def test_it_is_made_shown_and_its_public_half_exported(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE.format(folder=tmp_path, names="scan.example"))
    with pytest.raises(RefusedError, match="renew makes one"):
        run(site, "show")
    first = run(site, "renew")
    assert "scan.example" in first
    assert "lacks        nothing" in first
    assert run(site, "show") == first
    site.write_text(SITE.format(folder=tmp_path, names="scan.example, new.example"))
    renewed = run(site, "renew")
    assert "lacks        new.example" in renewed
    assert _line(renewed, "fingerprint") == _line(first, "fingerprint")
    anew = run(site, "renew", "--authority")
    assert "lacks        nothing" in anew
    assert _line(anew, "fingerprint") != _line(first, "fingerprint")
    exported = tmp_path / "scanward.crt"
    words = run(site, "export", str(exported))
    assert b"PRIVATE" not in exported.read_bytes()
    certificate = x509.load_pem_x509_certificate(exported.read_bytes())
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert _line(anew, "fingerprint").split()[-1] in words


def _line(text: str, first: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(first))
