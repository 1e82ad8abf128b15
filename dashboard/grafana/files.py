"""The same data source and dashboards as files, which a Grafana reads when it starts."""

import json
from pathlib import Path

import yaml

from core.schema.site import Site
from core.schema.storage import Influx
from dashboard.grafana.boards import boards, uid_of
from dashboard.grafana.source import data_source, secret_of
from storage.files.atomic import translated, whole_file


def provision(site: Site, influx: Influx, folder: Path, shown_at: str) -> list[Path]:
    """Write everything below `folder`, which Grafana sees as `shown_at`; the files written.

    A token kept in a file is named, not copied: Grafana reads the same path. Dashboards of before
    that the site no longer has are removed.
    """
    pages = folder / "dashboards" / site.file.id
    files = {
        folder / "datasources" / f"{site.file.id}.yaml": _yaml(
            {"apiVersion": 1, "datasources": [{**_source(site, influx), "editable": False}]}
        ),
        folder / "dashboards" / f"{site.file.id}.yaml": _yaml(_provider(site, shown_at)),
    }
    for board in boards(site):
        files[pages / f"{board.uid}.json"] = json.dumps(board.model, indent=1)
    with translated("Grafana's files cannot be written"):
        for old in set(pages.glob("*.json")) - set(files):
            old.unlink()
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                part.write_text(text, encoding="utf-8")
    return list(files)


def _source(site: Site, influx: Influx) -> dict[str, object]:
    grafana = site.file.grafana
    named = (grafana and grafana.influxdb_token) or influx.token or influx.password
    if named is not None and named.where.startswith("file:"):
        return data_source(site, influx, f"$__file{{{named.where.removeprefix('file:')}}}")
    return data_source(site, influx, secret_of(site, influx).replace("$", "$$"))


def _provider(site: Site, shown_at: str) -> dict[str, object]:
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": f"scanward-{site.file.id}",
                "folder": f"Scanward: {site.file.name}",
                "folderUid": uid_of(site.file.id, "folder"),
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,  # a change by hand would be lost; save a copy instead
                "options": {"path": f"{shown_at.rstrip('/')}/dashboards/{site.file.id}"},
            }
        ],
    }


def _yaml(content: object) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
