"""What a scanner of web pages looks for: headers of every answer, and paths that lead out of their folder."""

import pytest

from dashboard.http.addresses import PAGES
from tests.dashboard.conftest import Served
from tests.dashboard.http.test_middleware import HERE, ask

pytestmark = pytest.mark.servers

NONE = "Cookie: a=b"
ADDRESSES = [
    *("/", "/login", "/account", "/healthz", "/fault/ct-2", "/fault/none", "/ack/none", "/setup/none"),
    *("/api/v1/devices", "/api/v1/none", "/api/v1/series", "/none", "/_stcore/health", "/_stcore/none"),
    *("/_stcore/host-config", "/media/none", "/component/none/none", "/trust", "/favicon.png"),
    *(f"/{path.stem}" for path in sorted(PAGES.glob("[!_]*.py"))),
]  # fmt: skip
SAME = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def test_every_answer_carries_the_headers_that_protect_it(served: Served) -> None:
    for path in ADDRESSES:
        for method in ("GET", "POST", "OPTIONS"):
            for cookie in ((), (NONE,)):
                answer = ask(served, path, HERE, *cookie, method=method)
                case = (method, path, cookie, answer.status)
                assert answer.status < 500, case
                assert SAME.items() <= answer.headers.items(), case
                assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], case
                assert "camera=()" in answer.headers["permissions-policy"], case
                assert "server" not in answer.headers, case
                assert "x-powered-by" not in answer.headers, case
                assert "strict-transport-security" not in answer.headers, case  # only with TLS
                assert answer.headers.get("access-control-allow-origin") != "*", case
                if path != "/favicon.png":
                    # The API's answers may be kept by who asked, and are asked about each time.
                    ways = ("no-store", "no-cache", "private, no-cache")
                    assert answer.headers["cache-control"] in ways, case
                if "set-cookie" in answer.headers and "scanward" in answer.headers["set-cookie"]:
                    assert "HttpOnly" in answer.headers["set-cookie"], case
                    assert "SameSite=lax" in answer.headers["set-cookie"], case


OUTSIDE = [
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5c..%5c..%5cetc%5cpasswd",
    "..%252f..%252f..%252fetc%252fpasswd",
    "....//....//....//etc/passwd",
    "%00",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "site.yaml",
    "..%2fsession.key",
    "..%2ftls%2fauthority.pem",
]


def test_no_path_leads_out_of_its_folder(served: Served) -> None:
    tops = ("/", "/static/", "/media/", "/component/", "/component/a/", "/_stcore/bidi-components/",
            "/_stcore/upload_file/", "/fault/", "/ack/", "/setup/", "/vendor/", "/api/v1/", "/api/v1/devices/",
            "/power/", "/account/", "/static/js/", "//", "/./")  # fmt: skip
    for top in tops:
        for way in OUTSIDE:
            answer = ask(served, top + way, HERE)
            assert answer.status < 500, (top, way, answer.status)
            assert b"root:" not in answer.body, (top, way)
            assert b"PRIVATE KEY" not in answer.body, (top, way)
            assert b"storage:" not in answer.body, (top, way)


TARGETS = [
    *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example"),
    *("%2f%2fevil.example", "javascript:alert(1)", "/%09/evil.example", "https:evil.example"),
    "///evil.example",
]


def test_no_redirect_leads_to_another_server(served: Served) -> None:
    for target in TARGETS:
        for path in (f"/login?next={target}", target if target.startswith("/") else f"/{target}"):
            for cookie in ((), (NONE,)):
                answer = ask(served, path, HERE, *cookie)
                location = answer.headers.get("location", "./")
                assert answer.status < 500, path
                assert location.startswith(("./", "../", "login", "fleet")), (path, location)
