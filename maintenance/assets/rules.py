"""What the columns of a row must say together. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from core.text.phrase import Phrase
from storage.records import Asset, Component, Contract

Broken = tuple[str, Phrase]  # the column that is wrong, and why


def broken_rules(sheet: str, record: Any) -> Iterator[Broken]:
    """What is wrong with a record whose cells are right each by itself."""
    rules = _RULES.get(sheet)
    if rules is not None:
        yield from rules(record)


def _contract(contract: Contract) -> Iterator[Broken]:
    yield from _in_order("ends", contract.starts_on, contract.ends_on)
    if contract.opens == contract.closes:
        # From 20:00 to 06:00 is over midnight, from 00:00 to 24:00 all day: this could be either or none.
        text = Phrase(
            "{time} opens and closes it: write 00:00 and 24:00 for all day", time=contract.opens
        )
        yield "closes", text
    elif contract.opens == "24:00":
        yield "opens", Phrase("a day opens before 24:00")


def _asset(asset: Asset) -> Iterator[Broken]:
    yield from _in_order("warranty_until", asset.purchased_on, asset.warranty_until)


def _component(component: Component) -> Iterator[Broken]:
    yield from _in_order("removed", component.installed_on, component.removed_on)


def _in_order(column: str, first: str, last: str) -> Iterator[Broken]:
    if first and last and last < first:
        yield column, Phrase("{last} is before {first}", last=last, first=first)


_RULES: Mapping[str, Callable[[Any], Iterator[Broken]]] = {
    "contracts": _contract,
    "assets": _asset,
    "components": _component,
}
