"""Which processes a site needs: for the supervisor, and for systemd."""

from pathlib import Path

from core.schema.site import Site


def processes(site: Site, path: Path, port: int | None = None) -> list[list[str]]:
    """The words after `scanward` of each; `port` instead of the site file's for the dashboard."""
    at_port = ["--port", str(port)] if port else []
    words = [["collect"], ["alert"], ["maintain"], ["dashboard", *at_port]]
    if site.file.storage.influxdb is not None:
        words.append(["forward"])
    if site.file.mail is not None:
        words.append(["mail"])
    if site.file.backup is not None:
        words.append(["backup", "--scheduled"])
    return [[*command, "--site", str(path)] for command in words]
