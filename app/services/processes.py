"""Which processes a site needs: for the supervisor, and for systemd."""

from pathlib import Path

from core.schema.site import Site


def processes(
    site: Site, path: Path, port: int | None = None, address: str | None = None
) -> list[list[str]]:
    """The words after `scanward` of each; `port` and `address` instead of the site file's for the dashboard."""
    place = [*(["--port", str(port)] if port else []), *(["--address", address] if address else [])]
    words = {"dashboard": place, "backup": ["--scheduled"]}
    return [[name, *words.get(name, []), "--site", str(path)] for name in site.process_names]
