"""What a source shows of a line of a checklist: its proof, or in words why it is none."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import forms
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t, t_data, translate
from dashboard.queries import proofs as proof_queries
from dashboard.queries import stores
from dashboard.queries.orders import OrderDetails
from dashboard.queries.proofs import ShownProofs
from dashboard.text import format as fmt
from maintenance.proofs.facts import ProofFact, ProofVerdict
from maintenance.work_orders.proven_answers import confirm_proofs
from storage.records import ItemProof, OrderItem, WorkOrder

MOST_REASONS = 2  # that are shown of one line


SeenFact = ProofFact | ItemProof  # now, or as it was stored


def shown_proofs(details: OrderDetails) -> ShownProofs:
    """What this person was shown of the order, for as long as it takes to read and tap."""
    key = f"proofs-{details.order.id}"
    shown: ShownProofs | None = st.session_state.get(key)
    if shown is None or shown.is_old(stores.now()):
        shown = forms.read(lambda: proof_queries.proofs_now(details.order.id))
        shown = ShownProofs(stores.now(), {}) if shown is None else shown
        st.session_state[key] = shown
    still_open = {item.item for item in details.order.items if item.answer == "open"}
    verdicts = {name: seen for name, seen in shown.verdicts.items() if name in still_open}
    return ShownProofs(shown.at, verdicts)


def confirm_button(order: WorkOrder, shown: ShownProofs) -> None:
    """One tap for all lines that are proven. It is another button whenever other proofs are shown."""
    proven = [name for name, verdict in shown.verdicts.items() if verdict.is_proven]
    if not proven:
        return
    label = t("proof.confirm_one") if len(proven) == 1 else t("proof.confirm", count=len(proven))
    forms.button(
        f"confirm-{order.id}-{shown.at}",
        label,
        lambda: _confirm(order.id, proven, shown.at),
        right="work on an order",
        primary=True,
    )


def _confirm(order_id: int, items: Sequence[str], seen_at: int) -> str:
    with forms.writing() as tx:
        count = len(confirm_proofs(tx, order_id, items, seen_at=seen_at))
    return t("proof.confirmed", count=count)


def seen_proof(order: WorkOrder, item: OrderItem, shown: ShownProofs) -> bool:
    """Show what proves the line now, or has proven it; True if the person need not answer it."""
    verdict = shown.verdicts.get(item.item)
    if item.proof:
        by = t("proof.by", who=item.who, when=fmt.moment(item.at or 0, stores.now(), stores.site()))
        _proof(item, t("proof.confirmed_chip"), [*fact_lines(item.proof), by])
    elif verdict is not None and verdict.is_proven:
        _proof(item, t("proof.proven"), fact_lines(verdict.facts))
    else:
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "app_pages/device.py", label=t("proof.chart"), icon=":material/show_chart:",
            query_params={"device": order.device},
        )  # fmt: skip
        key = f"item-{order.id}-{item.item}-myself"
        return not st.checkbox(t("proof.myself"), key=key, persist_state="session")


def why_no_proof(verdict: ProofVerdict | None) -> None:
    """Why what is seen of the line is no proof: nobody shall think that it was not looked for."""
    if verdict is None or verdict.is_proven:
        return
    reasons = joined(translate(reason) for reason in verdict.reasons[:MOST_REASONS])
    st.html(f'<p class="sw-hint">{escape(t("proof.none", reasons=reasons))}</p>')


def fact_lines(facts: Sequence[SeenFact]) -> list[str]:
    """A line for each: values and limits, window, number of readings, coverage, source."""
    return [_fact_line(fact) for fact in facts]


def proof_hint(item: OrderItem) -> str:
    """The proof of an answer, as HTML; empty if a person gave the answer."""
    lines = "".join(f"<br>{escape(line)}" for line in fact_lines(item.proof))
    return (
        f'<span class="sw-hint">{escape(t("proof.confirmed_chip"))}{lines}</span>' if lines else ""
    )


def _proof(item: OrderItem, word: str, lines: Sequence[str]) -> None:
    text = "".join(f'<p class="sw-hint">{escape(line)}</p>' for line in lines)
    st.html(f"<p>{escape(t_data(item.text))} {chip(word, 'ok')}</p>{text}")


def _fact_line(fact: SeenFact) -> str:
    site, now = stores.site(), stores.now()
    if fact.newest is None and fact.newest_at is None:
        texts = [t("proof.no_event", event=t_data(fact.subject))]
    elif fact.newest is None:
        when = fmt.moment(fact.newest_at or 0, now, site)
        texts = [t("proof.event", event=t_data(fact.title or fact.subject), when=when)]
    else:
        texts = [*_values(fact), t("proof.readings", count=fact.count)]
    texts.append(
        t(
            "proof.window",
            start=fmt.moment(fact.start, now, site),
            end=fmt.moment(fact.end, now, site),
        )
    )
    if fact.coverage_pct is not None:
        texts.append(t("proof.coverage", pct=fmt.number(int(fact.coverage_pct))))
    if fact.source:
        texts.append(t("proof.source", source=fact.source))
    return joined(texts)


def _values(fact: SeenFact) -> list[str]:
    """`Room temperature: 21 to 22 °C`, what is accepted, and of one reading when it was."""
    assert fact.newest is not None
    assert fact.lowest is not None
    assert fact.highest is not None
    unit = t_data(fact.unit)
    title = t_data(fact.title) + (f" ({fact.component})" if fact.component else "")
    if fact.lowest == fact.highest:
        value = f"{fmt.number(fact.newest)} {unit}".strip()
        texts = [t("proof.value", title=title, value=value)]
    else:
        low, high = fmt.number(fact.lowest), fmt.number(fact.highest)
        texts = [t("proof.between", title=title, low=low, high=f"{high} {unit}".strip())]
    limits = fmt.limits(fact.low, fact.high, fact.unit)
    if limits:
        texts.append(t("proof.accepted", limits=limits))
    if fact.newest_at is not None:
        texts.append(
            t("proof.newest", when=fmt.moment(fact.newest_at, stores.now(), stores.site()))
        )
    return texts
