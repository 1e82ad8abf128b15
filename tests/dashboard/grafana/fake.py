"""A Grafana in this process: the documented HTTP API, as far as Scanward uses it.

It is no Grafana. It holds to what the reference of the HTTP API says (versions, conflicts, what is
never shown again), so that a test can be right or wrong about that; it draws nothing.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
Answer = tuple[int, Any]

TOKEN, USER, PASSWORD = "glsa_only-for-tests", "admin", "only-for-tests"


class FakeGrafana:
    """What it keeps, and every request that changed something."""

    def __init__(self) -> None:
        self.sources: dict[str, Json] = {}
        self.folders: dict[str, Json] = {}
        self.boards: dict[str, list[Json]] = {}  # every version, the newest last
        self.annotations: dict[int, Json] = {}
        self.changes: list[str] = []
        self.broken: Answer | None = None
        self.before_save: Callable[[str], None] = lambda _uid: None

    def edit(self, uid: str, folder: str | None = None) -> None:
        """Somebody changes a dashboard in the browser, and perhaps moves it."""
        newest = self.boards[uid][-1]
        model = {**newest["dashboard"], "title": "Mine"}
        moved = newest["folderUid"] if folder is None else folder
        self._store(uid, model, moved, "")

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json) -> Answer:
        """Status and JSON."""
        if method != "GET":
            self.changes.append(f"{method} {path}")
        match path.strip("/").split("/"):
            case ["org"]:
                return 200, {"id": 1, "name": "Main Org."}
            case ["datasources", *rest]:
                return self._source(method, rest, body)
            case ["folders", *rest]:
                return self._folder(method, rest, body)
            case ["dashboards", "db"]:
                self.before_save(body["dashboard"]["uid"])
                return self._save(body)
            case ["dashboards", "uid", uid] if method == "GET":
                return self._board(uid)
            case ["dashboards", "uid", uid, "versions"]:
                return self._versions(uid)
            case ["annotations", *rest]:
                return self._annotation(method, rest, query, body)
        return 404, {"message": "Not found"}

    def _source(self, method: str, rest: list[str], body: Json) -> Answer:
        uid = rest[1] if rest[:1] == ["uid"] else body["uid"]
        if method == "GET":
            if uid not in self.sources:
                return 404, {"message": "Data source not found"}
            shown = {k: v for k, v in self.sources[uid].items() if k != "secureJsonData"}
            fields = dict.fromkeys(self.sources[uid]["secureJsonData"], True)
            return 200, {**shown, "secureJsonFields": fields}
        if method == "POST" and uid in self.sources:
            return 409, {"message": "data source with the same uid already exists"}
        if method == "PUT" and uid not in self.sources:
            return 404, {"message": "Data source not found"}
        self.sources[uid] = body
        return 200, {"message": "Datasource added", "datasource": body}

    def _folder(self, method: str, rest: list[str], body: Json) -> Answer:
        if method == "GET":
            found = self.folders.get(rest[0])
            return (200, found) if found else (404, {"message": "folder not found"})
        if body["uid"] in self.folders:
            return 412, {"message": "the folder has been changed by someone else"}
        self.folders[body["uid"]] = {**body, "version": 1}
        return 200, self.folders[body["uid"]]

    def _save(self, body: Json) -> Answer:
        model = body["dashboard"]
        uid, folder = model["uid"], body["folderUid"]
        if len(uid) > 40 or not model.get("title"):
            return 400, {"message": "uid too long, max 40 characters"}
        if folder and folder not in self.folders:
            return 400, {"message": "folder not found"}
        there = self.boards.get(uid, [])
        if there and not body.get("overwrite") and model.get("version") != len(there):
            text = "The dashboard has been changed by someone else"
            return 412, {"status": "version-mismatch", "message": text}
        version = self._store(uid, model, folder, body.get("message", ""))
        return 200, {"uid": uid, "status": "success", "version": version}

    def _store(self, uid: str, model: Json, folder: str, message: str) -> int:
        versions = self.boards.setdefault(uid, [])
        model = {**model, "id": 7, "version": len(versions) + 1}
        versions.append({"dashboard": model, "folderUid": folder, "message": message})
        return len(versions)

    def _board(self, uid: str) -> Answer:
        if uid not in self.boards:
            return 404, {"message": "Dashboard not found"}
        newest = self.boards[uid][-1]
        meta = {"folderUid": newest["folderUid"], "version": len(self.boards[uid])}
        return 200, {"dashboard": newest["dashboard"], "meta": meta}

    def _versions(self, uid: str) -> Answer:
        said = [
            {"version": number, "message": one["message"], "createdBy": "sa-1"}
            for number, one in enumerate(self.boards[uid], 1)
        ]
        return 200, {"continueToken": "", "versions": said[::-1]}

    def _annotation(
        self, method: str, rest: list[str], query: dict[str, list[str]], body: Json
    ) -> Answer:
        if method == "GET":
            start, end = int(query["from"][0]), int(query["to"][0])
            return 200, [
                one
                for one in self.annotations.values()
                if set(query["tags"]) <= set(one["tags"])
                and one["timeEnd"] >= start
                and one["time"] <= end
            ][: int(query["limit"][0])]
        if method == "PATCH":
            self.annotations[int(rest[0])].update(body)
            return 200, {"message": "Annotation patched"}
        number = len(self.annotations) + 1
        self.annotations[number] = {"id": number, "timeEnd": body["time"], **body}
        return 200, {"message": "Annotation added", "id": number}


@contextmanager
def running(grafana: FakeGrafana, port: int = 0, password: str = PASSWORD) -> Iterator[str]:
    """Its URL while it runs, on a free port or the one that is wanted."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            address = urlsplit(self.path)
            status, said = self._answer(address.path, parse_qs(address.query), body)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _answer(self, path: str, query: dict[str, list[str]], body: Json) -> Answer:
            if grafana.broken:
                return grafana.broken
            if path == "/api/health":
                return 200, {"database": "ok", "version": "12.4.4"}
            basic = base64.b64encode(f"{USER}:{password}".encode()).decode()
            if self.headers.get("Authorization") not in (f"Bearer {TOKEN}", f"Basic {basic}"):
                return 401, {"message": "Invalid API key"}
            return grafana.answer(self.command, path.removeprefix("/api"), query, body)

        do_GET = do_POST = do_PUT = do_PATCH = _handle  # noqa: N815  http.server calls them so

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
