"""Orders and tickets are found by their words, as they stand now, in SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import StoreError
from core.text.search_words import terms_of
from storage.records import (
    OrderStep,
    Records,
    Ticket,
    TicketMessage,
    Vendor,
    WorkOrder,
    migrate,
    rebuild_search,
)
from storage.records.in_memory import records_in_memory
from storage.records.search import SearchHit, search

T0 = 1_760_000_400_000


def order(
    title: str, at: int = T0, device: str = "ct-2", text: str = "", result: str = ""
) -> WorkOrder:
    order = WorkOrder(device, "corrective", "hand", title, at, text=text)
    order.result = result
    return order


def hits(records: Records, query: str, device: str | None = None) -> list[str]:
    with records.reading() as db:
        rows = search(db, terms_of(query), device=device)
    return [f"{hit.kind} {hit.row_id}" for hit in rows]


@pytest.fixture
def records(made_records_url: str) -> Iterator[Records]:
    records = Records(made_records_url)
    with records.writing("sara", T0) as db:
        db.add(Vendor(id="maker", name="Maker"))
        db.add(order("Tube arcs", result="Collimator cleaned, تيوب سرد شد ۱۲٫۵"))
        db.add(order("Fan is loud", T0 + 1, "mr-1", text="the tube of CT-2 is well"))
        db.flush()
        ticket = Ticket("tok", "ct-2", "maker", "No cooling", T0 + 2, "sara", text="Pump stopped")
        db.add(ticket)
    yield records
    records.close()


def test_words_phrases_beginnings_and_numbers_find_what_holds_them(records: Records) -> None:
    assert hits(records, "tube") == ["order 1", "order 2"]  # in the title first, though older
    assert hits(records, "COOL") == ["ticket 1"]
    assert hits(records, '"cool"') == []
    assert hits(records, '"tube of"') == ["order 2"]
    assert hits(records, '"of tube"') == []
    assert hits(records, "تیوب 12.5") == ["order 1"]
    assert hits(records, "tube pump") == []
    assert hits(records, "2") == ["order 2", "ticket 1", "order 1"]  # its own number, and CT-2
    assert hits(records, "tube", "mr-1") == ["order 2"]
    assert hits(records, "") == hits(records, "😀") == []


UGLY = ['"', "'", "a'b", "NEAR(a, 2)", "NOT x", "^tube", "-tube", "title:x", "*", "{x} : y", "\\", "&|!:*<->",
        "\U0001e900\U0001e901", "नमस्ते", "中文", "1e5 0x1f", "\x00", "%_", "😀"]  # fmt: skip


def test_whatever_stands_in_a_question_is_no_error(records: Records) -> None:
    for query in UGLY:
        hits(records, query)
        hits(records, f'"{query} tube"', "ct-2")


def test_equals_come_newest_first(records: Records) -> None:
    with records.writing("sara", T0) as db:
        db.add(order("Late order of an early fault, gantry", T0 - 9))
        db.add(order("Gantry tilts", T0 - 5))
    assert hits(records, "gantry") == ["order 4", "order 3"]


def test_what_is_changed_added_or_deleted_is_found_as_it_is(records: Records) -> None:
    with records.writing("sara", T0) as db:
        row = db.get_one(WorkOrder, 2)
        row.title = "Belt is loud"
        db.flush()
        row.steps.append(OrderStep(order=row, state="done", at=T0, who="sara", note="oiled"))
        ticket = db.get_one(Ticket, 1)
        db.add(TicketMessage(ticket, "in", T0, "v", "Kompressor"))
        db.delete(db.get_one(WorkOrder, 1))
    assert hits(records, "fan") == []
    assert hits(records, "belt oiled") == ["order 2"]
    assert hits(records, "kompressor") == ["ticket 1"]
    assert hits(records, "collimator") == []


def test_what_is_not_committed_is_not_found(records: Records) -> None:
    with records.writing("sara", T0) as db:
        db.add(order("Gantry tilts"))
        db.flush()
        db.rollback()
    assert hits(records, "gantry") == []


def test_an_enormous_text_is_kept_and_found_by_its_beginning(records: Records) -> None:
    with records.writing("sara", T0) as db:
        db.add(order("Log", text="gearbox " + "x" * 3_000_000))
    assert hits(records, "gearbox") == ["order 3"]
    assert hits(records, "x" * 10_000) == ["order 3"]


def test_made_anew_it_finds_the_same(records: Records) -> None:
    with records.changing() as connection:
        connection.execute(text("delete from search_texts where kind = 'order'"))
    assert hits(records, "tube") == []
    assert rebuild_search(records) == 3
    assert hits(records, "tube") == ["order 1", "order 2"]
    assert hits(records, "pump") == ["ticket 1"]


def test_of_what_was_there_before_the_upgrade_every_word_is_found(records_url: str) -> None:
    records = Records(records_url)
    with records.changing() as connection:
        migrate.upgrade(connection, records.name, records.file, "0016")
        connection.execute(text(
            "insert into work_orders (device, kind, opened_by, title, opened_at, state, text, fault,"
            " assigned_to, takes_down, result, returned_by, return_check, signed_by) values"
            f" ('ct-2', 'corrective', 'hand', 'Tube arcs', {T0}, 'open', '', '', '', false, '', '', '', '')"
        ))  # fmt: skip
        connection.execute(text(
            "insert into order_steps (order_id, state, at, who, note)"
            f" values (1, 'open', {T0}, 'sara', 'دستگاه گرم')"
        ))  # fmt: skip
    records.upgrade()
    assert hits(records, "tube دستگاه") == ["order 1"]
    with records.writing("sara", T0) as db:
        db.get_one(WorkOrder, 1).title = "Quiet"
    assert (hits(records, "quiet"), hits(records, "arcs")) == (["order 1"], [])
    records.close()


def test_a_damaged_index_says_how_it_is_mended_and_nothing_else_is_lost(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}")
    records.upgrade()
    with records.writing("sara", T0) as db:
        db.add(order("Tube arcs"))
    with records.changing() as connection:
        connection.exec_driver_sql("update search_index_data set block = x'00ff' where id > 10")
        connection.exec_driver_sql("delete from search_index_data where id = 10")
    with pytest.raises(StoreError, match="scanward search --rebuild"):
        hits(records, "tube")
    rebuild_search(records)
    assert hits(records, "tube") == ["order 1"]
    records.close()


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Records]:
    records = records_in_memory(lambda: T0)
    with records.writing("sara", T0) as db:
        db.add(order("Tube arcs near the gantry"))
    yield records
    records.close()


def answer(records: Records, query: str) -> list[SearchHit]:
    with records.reading() as db:
        return search(db, terms_of(query))


SIGNS = st.sampled_from(
    ["NEAR", "NOT", "AND ", "title:", '"', "*", "-", "^", "(", "'", "{", "😀", "تيوب\u200c"]
)


@settings(max_examples=50)
@given(st.one_of(st.text(st.characters()), st.lists(st.one_of(SIGNS, st.text())).map(" ".join)))
def test_any_question_is_answered(in_memory: Records, query: str) -> None:
    answer(in_memory, query)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30))
def test_what_was_written_is_found_by_its_own_words(in_memory: Records, written: str) -> None:
    with in_memory.writing("sara", T0) as db:
        row = order("x", text=written)
        db.add(row)
        db.flush()
        number = row.id
    asked = f"{number} {written}"  # its number first: of a long question the beginning counts
    assert ("order", number) in [(hit.kind, hit.row_id) for hit in answer(in_memory, asked)]
