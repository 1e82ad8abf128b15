"""What the doctor says of the dashboard's certificate."""

import time
from pathlib import Path

from app.doctor.certificates import check_certificates
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import DAY
from dashboard.certificates.own_certificate import keep_certificate


def site_with(tmp_path: Path, http: str) -> Site:
    path = tmp_path / "site.yaml"
    path.write_text(
        f"id: s\nname: S\nzone: Asia/Kabul\nstorage: {{folder: {tmp_path}}}\nhttp: {http}\n"
        "devices: [{id: outdoor, name: Outdoor, profile: outdoor-sensor}]\n"
    )
    return load_site(path)


def lines(site: Site, now: int) -> list[str]:
    return [str(finding) for finding in check_certificates(site, now)]


def test_the_own_one_is_watched_and_names_it_lacks_are_named(tmp_path: Path) -> None:
    site = site_with(tmp_path, "{tls: own, names: [scan.example, old.example]}")
    now = time.time_ns() // 1_000_000
    assert lines(site, now) == [
        "warning  certificates: the dashboard has none yet: its first start makes one"
    ]
    keep_certificate(site.tls_path, "S", ["localhost", "old.example"], now)
    first, second, third = lines(site, now)
    assert first == "ok       certificates: that of the dashboard holds for 396 days"
    assert second == "ok       certificates: the authority holds for 3649 days"
    assert "is not for scan.example:" in third
    assert "ends in 96 days" in lines(site, now + 300 * DAY)[0]
    assert lines(site, now + 400 * DAY)[0].startswith("failed")
    assert "has not begun yet" in lines(site, now - 400 * DAY)[2]


def test_files_of_the_site_are_watched(tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    keep_certificate(tmp_path, "S", ["localhost"], now)
    pem = tmp_path / "server.pem"
    site = site_with(tmp_path, f"{{tls: {{certificate: {pem}, key: {pem}}}}}")
    assert lines(site, now) == [f"ok       certificates: {pem} of the dashboard holds for 396 days"]
    pem.unlink()
    assert lines(site, now)[0].startswith("failed")
