"""The demo's door: one chooses who to be, at a made-up site on this computer and nowhere else."""

from pathlib import Path

import pytest

from dashboard.http import demo_login
from dashboard.queries import stores
from storage.records import User
from storage.records.base import all_rows
from tests.dashboard.centre import Centre, build
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_login_page import Visitor


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "access: {demo: true}\n", encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.mark.servers
def test_somebody_looks_as_each_role_without_a_password(centre: Centre, served: Served) -> None:
    for role in demo_login.ROLES:
        visitor = Visitor(served)
        answer = visitor.send("/login?next=/today", role=role)
        assert (answer.status, answer.headers["location"]) == (303, "./today")
        assert f"Demo {role}" in visitor.ask("/account").text
    with centre.records.reading() as db:
        made = [user for user in all_rows(db, User) if user.name.startswith("demo-")]
    assert [user.roles for user in made] == [[role] for role in demo_login.ROLES]
    assert not any(user.password_hash for user in made)
    # Asked for by another computer, through a proxy on this one.
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        assert "Demo" not in Visitor(served).ask("/login", **{header: "203.0.113.9"}).text
    assert Visitor(served).send("/login", role="owner").status == 403


def test_it_is_not_offered_where_others_reach_the_server(site_path: Path) -> None:
    scope = {"client": ("127.0.0.1", 5), "headers": [], demo_login.LOOPBACK: True}
    assert demo_login.is_offered(scope)
    assert not demo_login.is_offered({**scope, demo_login.LOOPBACK: False})
    assert not demo_login.is_offered({"client": ("127.0.0.1", 5), "headers": []})
    assert not demo_login.is_offered({**scope, "client": ("192.0.2.7", 5)})
    assert not demo_login.is_offered({**scope, "client": None})
