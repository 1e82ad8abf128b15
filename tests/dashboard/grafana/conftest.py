"""A Grafana for each test, and a site that knows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.schema.load import load_site
from core.schema.site import Site
from tests.dashboard.grafana.fake import TOKEN, FakeGrafana, running

SITE = """
id: herat
name: Herat
zone: Asia/Kabul
storage:
  folder: "{folder}"
  influxdb: {{url: "http://influx.example:8086", org: o, bucket: scanward, token: "file:{folder}/influx"}}
grafana: {{url: "{url}", token: "file:{folder}/token"}}
devices:
  - {{id: ups-1, name: "UPS, old : grey", profile: ups-rfc1628}}
  - {{id: ups-2, name: UPS 2, profile: ups-rfc1628}}
  - {{id: mri-2, name: MRI, profile: mri-superconducting}}
"""


class Place:
    """A site's files, and the Grafana it names."""

    def __init__(self, folder: Path, grafana: FakeGrafana, url: str) -> None:
        self.folder = folder
        self.grafana = grafana
        self.path = folder / "site.yaml"
        self.path.write_text(SITE.format(folder=folder, url=url))
        (folder / "token").write_text(TOKEN)
        (folder / "influx").write_text("s3cret")

    @property
    def site(self) -> Site:
        """As the file stands now."""
        return load_site(self.path)

    def replace(self, old: str, new: str) -> None:
        """Change the site file."""
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    grafana = FakeGrafana()
    with running(grafana) as url:
        yield Place(tmp_path, grafana, url)
