"""Bringing a Grafana to what the site file says, again and again, without undoing anybody's work.

Each version of a dashboard that Scanward saves has its mark as the version's message. If the newest
version has none, somebody has changed the dashboard by hand, and it is left alone.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from core.schema.site import Site
from core.schema.storage import Influx
from dashboard.grafana.api import Grafana
from dashboard.grafana.boards import Board, boards, uid_of
from dashboard.grafana.source import Json, data_source, secret_of

_MARK = "Scanward "

Done = Literal[
    "made", "updated", "unchanged", "left: it was changed by hand; --force puts ours back"
]


class Result(NamedTuple):
    """What became of one thing."""

    what: str
    done: Done


def sync(grafana: Grafana, site: Site, influx: Influx, *, force: bool = False) -> Iterator[Result]:
    """Data source, folder and dashboards, one after another. GrafanaError ends it; begin again."""
    yield Result(
        "data source", _source(grafana, data_source(site, influx, secret_of(site, influx)))
    )
    folder = uid_of(site.file.id, "folder")
    yield Result("folder", _folder(grafana, folder, site.file.name))
    for board in boards(site):
        yield Result(board.model["title"], _board(grafana, board, folder, force=force))


def _source(grafana: Grafana, wanted: Json) -> Done:
    path = f"/datasources/uid/{wanted['uid']}"
    found = grafana.get(path)
    if found is None:
        grafana.post("/datasources", wanted)
        return "made"
    if found.get("jsonData", {}).get("scanward") == wanted["jsonData"]["scanward"]:
        return "unchanged"
    grafana.put(path, wanted)
    return "updated"


def _folder(grafana: Grafana, uid: str, title: str) -> Done:
    if grafana.get(f"/folders/{uid}") is not None:
        return "unchanged"  # whatever it is called now
    grafana.post("/folders", {"uid": uid, "title": f"Scanward: {title}"})
    return "made"


def _board(grafana: Grafana, board: Board, folder: str, *, force: bool) -> Done:
    found = grafana.get(f"/dashboards/uid/{board.uid}")
    if found is None:
        _save(grafana, board, folder, 0)
        return "made"
    message = _newest_message(grafana, board.uid)
    if message == _MARK + board.mark:
        return "unchanged"
    if not message.startswith(_MARK) and not force:
        return "left: it was changed by hand; --force puts ours back"
    # Where somebody has moved it, it stays.
    moved = str(found.get("meta", {}).get("folderUid") or "")
    _save(grafana, board, moved, int(found["dashboard"].get("version") or 0))
    return "updated"


def _save(grafana: Grafana, board: Board, folder: str, version: int) -> None:
    """Refused by Grafana if it is no longer the version that we looked at."""
    model = {**board.model, "version": version}
    grafana.save(
        {
            "dashboard": model,
            "folderUid": folder,
            "message": _MARK + board.mark,
            "overwrite": False,
        }
    )


def _newest_message(grafana: Grafana, uid: str) -> str:
    """Of the newest version; Grafana 11 has put the list into an object."""
    found: Any = grafana.get(f"/dashboards/uid/{uid}/versions?limit=1")
    listed: list[Json] = found.get("versions", []) if isinstance(found, dict) else found or []
    newest: Json = max(listed, key=lambda version: int(version["version"]), default={})
    return str(newest.get("message") or "")
