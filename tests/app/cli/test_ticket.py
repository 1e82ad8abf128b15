"""Tickets by the command line: what did not arrive and what nobody has read."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from core.errors import RefusedError, StoreError
from maintenance.tickets import lifecycle as tickets
from storage.records import Vendor
from tests.maintenance.cast import T0, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    text = house.path.read_text()
    house.path.write_text(text.replace("our-promax", "hologic-dxa").replace("[cbct, ours]", "[]"))
    with house.change(T0) as tx:
        tx.db.add(Vendor(id="maker", name="The maker"))
        tx.db.flush()
        number = tickets.open_ticket(tx, "ct-1", "maker", "Tube arcs").id
        tickets.write(tx, number, "Please come.", "out")
    yield house
    house.close()


def run(house: House, *words: str) -> str:
    result = CliRunner().invoke(cli, ["ticket", *words, "--site", str(house.path)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_what_is_not_sent_and_what_came_back_is_said(house: House) -> None:
    assert "not sent: this site sends no mail" in run(house, "list")
    with house.change(T0) as tx:
        tickets.note_undelivered(tx, 1, [], "550 no such user")
    assert "NOT DELIVERED" in run(house, "list")
    assert "NOT DELIVERED: it came back: 550 no such user" in run(house, "show", "1")


def test_a_reply_to_a_closed_ticket_is_listed_until_it_is_read(house: House) -> None:
    with house.change(T0) as tx:
        tickets.move(tx, 1, "closed")
    assert "Tube arcs" not in run(house, "list")
    assert "Tube arcs" in run(house, "list", "--all")
    with house.change(T0) as tx:
        tickets.receive_mail(tx, 1, "It is not solved", "<1@x>", is_automatic=False)
    assert "1 unread" in run(house, "list", "--device", "ct-1")
    assert "from the vendor, unread" in run(house, "show", "1")
    run(house, "read", "1")
    assert "Tube arcs" not in run(house, "list")
    with pytest.raises(RefusedError, match="no message that nobody has read"):
        run(house, "read", "1")


def test_a_link_for_the_supplier_is_made_listed_and_taken_back(house: House) -> None:
    link = run(house, "link", "1", "--days", "3").strip()
    assert link.startswith("http://127.0.0.1:8501/vendor/")
    listed = run(house, "links", "1")
    assert "cli:" in listed
    assert link.rpartition("/")[2] not in listed
    assert "taken back" not in listed
    run(house, "revoke-link", "1")
    assert "taken back" in run(house, "links", "1")


def test_who_is_let_in_by_hand_is_listed_until_they_are_out(house: House) -> None:
    words = (
        "--requested-by",
        "Omar",
        "--way",
        "TeamViewer",
        "--opened",
        "service PC",
        "--minutes",
        "90",
    )
    assert "session 1: A. Expert is in" in run(house, "help", "begin", "1", "A. Expert", *words)
    for listed in (run(house, "help", "list"), run(house, "help", "list", "1")):
        assert "A. Expert" in listed
    run(house, "help", "end", "1", "Read the log")
    assert "A. Expert" not in run(house, "help", "list")
    assert "A. Expert" in run(house, "help", "list", "1")
    shown = run(house, "show", "1")
    assert "A. Expert, asked by Omar, allowed by cli:" in shown
    assert "TeamViewer, open: service PC, Read the log" in shown


def test_a_ticket_goes_out_to_a_stick_and_the_reply_comes_in_once(house: House) -> None:
    stick = house.path.parent / "stick"
    with pytest.raises(RefusedError, match="is the stick in"):
        run(house, "export", "1", "--to", str(stick))
    stick.mkdir()
    assert "-ticket-1-" in run(house, "export", "1", "--to", str(stick))
    (twin,) = stick.iterdir()
    with zipfile.ZipFile(twin) as archive:
        form = archive.read("reply/reply.txt")
    reply = stick / "reply.txt"
    reply.write_bytes(b"Replace the anode.\r\n" + form)
    assert run(house, "import", str(reply)) == "the reply is in ticket 1\n"
    assert run(house, "import", str(reply)) == "this reply is in ticket 1 already\n"
    assert "file: The maker, from the vendor, unread" in run(house, "show", "1")
    with pytest.raises(StoreError, match="No such file"):
        run(house, "import", str(stick / "none.txt"))


def test_a_stick_that_is_full_leaves_no_note_that_it_was_given_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError):
        run(house, "export", "1", "--to", str(house.path.parent))
    monkeypatch.undo()
    assert "For the supplier as a file" not in run(house, "show", "1")
    assert not list(house.path.parent.glob("*.zip*"))
