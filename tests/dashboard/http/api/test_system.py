"""How Scanward itself is, for a program: only for who may see it, and never more than the page says."""

import io
import time
from zipfile import ZipFile

import pytest

from core.vocabulary.rights import Role
from storage.files.process_sign import ProcessSign
from tests.dashboard.centre import Centre
from tests.dashboard.http.api.asking import ask, document, mistakes
from tests.dashboard.people import SARA_HERSELF, person

SYSTEM, DIAGNOSTICS = "/api/v1/system", "/api/v1/system/diagnostics"
RIGHT = "see the system"


def test_what_is_known_and_what_nobody_knows_stand_apart(centre: Centre) -> None:
    now = time.time_ns() // 1_000_000
    with ProcessSign(centre.site.processes_path, "collect", lambda: now):
        reply = ask(SYSTEM)
    assert mistakes(document(), "/system", "GET", reply) == []
    facts = reply.json
    processes = {row["name"]: row for row in facts["processes"]}
    assert processes["collect"]["state"] == "runs"
    assert processes["collect"]["memory_bytes"] > 0
    assert processes["maintain"] == {
        **dict.fromkeys(("began_at", "moved_at", "version", "memory_bytes", "cpu_share")),
        **{"name": "maintain", "state": "never", "waiting": ""},
    }
    assert facts["disk"]["free_bytes"] > 0
    assert facts["disk"]["days_left"] is None
    assert (facts["backup"], facts["trial"], facts["check"]) == (None, None, None)
    assert facts["trouble"] == {}


@pytest.mark.servers
@pytest.mark.usefixtures("centre")
def test_the_diagnostics_are_a_file_that_comes_in_parts() -> None:
    reply = ask(DIAGNOSTICS)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/zip")
    assert "scanward-diagnostics.zip" in reply.headers["content-disposition"]
    assert sum(bool(message.get("body")) for message in reply.messages) > 5
    with ZipFile(io.BytesIO(reply.body)) as archive:
        assert archive.testzip() is None


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize("path", [SYSTEM, DIAGNOSTICS])
@pytest.mark.parametrize("role", ["technician", "physicist", "manager", "viewer"])
def test_it_is_refused_to_who_does_not_keep_it_running(path: str, role: Role) -> None:
    reply = ask(path, principal=person(role))
    assert (reply.status, reply.json["detail"]) == (403, "only engineer, IT may see the system")
    assert mistakes(document(), path.removeprefix("/api/v1"), "GET", reply) == []


@pytest.mark.servers
@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize("path", [SYSTEM, DIAGNOSTICS])
def test_a_token_to_read_alone_does_not_open_it(path: str) -> None:
    reply = ask(path, principal=SARA_HERSELF, scopes=frozenset({"read"}))
    assert (reply.status, reply.json["detail"]) == (403, f"this token was not made to {RIGHT}")
    assert ask(path, scopes=frozenset({"read", RIGHT})).status == 200
    assert ask(f"{path}?all=1").status == 400
