"""What `doctor` says of agents that were heard but not understood."""

import asyncio
import socket
from pathlib import Path

import pytest

from app.doctor.sources import check_sources
from core.finding import Finding
from core.schema.load import load_site
from tests.collectors.snmp.ber import Request, integer, response
from tests.collectors.snmp.own_agent import Behaviour, own_agent, right_pairs

pytestmark = pytest.mark.servers

UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)


def examined(folder: Path, answer: Behaviour) -> list[Finding]:
    """The findings of one agent."""
    path = folder / "site.yaml"

    async def play() -> list[Finding]:
        async with own_agent(answer) as agent:
            source = f"{{kind: snmp, host: 127.0.0.1, port: {agent.port}, community: public, timeout: 200ms}}"
            path.write_text(
                f"id: small\nname: Small\nzone: Asia/Kabul\nstorage: {{folder: {folder}}}\n"
                f"devices: [{{id: switch-1, name: Switch, profile: network-switch, sources: [{source}]}}]\n"
            )
            return await check_sources(load_site(path), [])

    return asyncio.run(play())


def finding(folder: Path, other: socket.socket | None, settings: str = "") -> Finding:
    """Of one agent that answers through another socket, or with another community."""
    site = folder / "site.yaml"

    async def play() -> Finding:
        async with own_agent(lambda _: []) as agent:

            def answer(request: Request) -> list[bytes]:
                pairs = right_pairs({UPTIME: integer(100)}, request)
                if other is None:
                    return [response(request._replace(community=b"other"), pairs)]
                other.sendto(response(request, pairs), agent.last_asker)
                return []

            agent.behave(answer)
            source = f"{{kind: snmp, host: 127.0.0.1, port: {agent.port}, community: public, timeout: 200ms{settings}}}"
            site.write_text(
                f"id: small\nname: Small\nzone: Asia/Kabul\nstorage: {{folder: {folder}}}\n"
                f"devices: [{{id: switch-1, name: Switch, profile: network-switch, sources: [{source}]}}]\n"
            )
            (only,) = await check_sources(load_site(site), [])
            return only

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("", "an answer came from 127.0.0.2 ("),
        (", answers_from: [127.0.0.2]", "answers: "),
    ],
)
def test_an_answer_from_another_address_is_named_or_read(
    tmp_path: Path, settings: str, words: str
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        try:
            other.bind(("127.0.0.2", 0))
        except OSError:
            pytest.skip("no second loopback address here")

        assert words in finding(tmp_path, other, settings).text


def test_an_answer_with_another_community_is_counted_and_named(tmp_path: Path) -> None:
    text = finding(tmp_path, None).text

    assert "an answer named another community (" in text
    assert "look like this" not in text


def test_what_a_living_agent_sends_beside_its_answers_is_said(tmp_path: Path) -> None:
    def both(request: Request) -> list[bytes]:
        pairs = right_pairs({UPTIME: integer(100)}, request)
        return [
            response(request._replace(community=b"other"), pairs),
            response(request, pairs),
        ]

    (only,) = examined(tmp_path, both)

    assert only.outcome == "warning"
    assert "an answer named another community (" in only.text
