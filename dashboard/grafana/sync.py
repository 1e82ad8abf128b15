"""Brings a Grafana to what the site file says, any number of times, and keeps changes by hand.

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
    """What was done to the data source, the folder or a dashboard."""

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


def _source(grafana: Grafana, source: Json) -> Done:
    path = f"/datasources/uid/{source['uid']}"
    current = grafana.get(path)
    if current is None:
        grafana.post("/datasources", source)
        return "made"
    if current.get("jsonData", {}).get("scanward") == source["jsonData"]["scanward"]:
        return "unchanged"
    grafana.put(path, source)
    return "updated"


def _folder(grafana: Grafana, uid: str, title: str) -> Done:
    if grafana.get(f"/folders/{uid}") is not None:
        return "unchanged"  # whatever it is called now
    grafana.post("/folders", {"uid": uid, "title": f"Scanward: {title}"})
    return "made"


def _board(grafana: Grafana, board: Board, folder: str, *, force: bool) -> Done:
    current = grafana.get(f"/dashboards/uid/{board.uid}")
    if current is None:
        _save(grafana, board, folder, 0)
        return "made"
    message = _newest_message(grafana, board.uid)
    if message == _MARK + board.mark:
        return "unchanged"
    if not message.startswith(_MARK) and not force:
        return "left: it was changed by hand; --force puts ours back"
    # Where somebody has moved it, it stays.
    moved = str(current.get("meta", {}).get("folderUid") or "")
    _save(grafana, board, moved, int(current["dashboard"].get("version") or 0))
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
    """The message of the newest version; Grafana 11 has put the list into an object."""
    answer: Any = grafana.get(f"/dashboards/uid/{uid}/versions?limit=1")
    listed: list[Json] = answer.get("versions", []) if isinstance(answer, dict) else answer or []
    newest: Json = max(listed, key=lambda version: int(version["version"]), default={})
    return str(newest.get("message") or "")
