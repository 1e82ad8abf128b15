"""All devices of the site, those with problems first."""

import streamlit as st

from core.time.clock import MINUTE
from dashboard import i18n
from dashboard.components.fleet.summary import backup_banner, banners, power_banner, summary
from dashboard.components.fleet.tile import tile
from dashboard.components.shared.auto_refresh import SAFETY, live_mark
from dashboard.components.shared.still_to_do import still_to_do_line
from dashboard.i18n import t
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.alert_card import open_cards_if_read
from dashboard.queries.power import power_plan_if_read
from dashboard.views.device_status import DeviceStatus
from dashboard.views.incidents import chosen, urgency

GROUPS = {"scanner": "fleet.scanner", "infrastructure": "fleet.infrastructure"}


@st.fragment(run_every=SAFETY)
@i18n.kept
def live() -> None:
    """Everything on this page; drawn anew when something is new."""
    now, site = stores.now(), stores.site()
    live_mark(now)
    fleet = fleet_queries.fleet(now)
    show = st.query_params.get("show", "")
    summary(fleet, show, now, site)
    warnings = power_banner(power_plan_if_read(), site) + banners(fleet, now, site)
    warnings += backup_banner(fleet_queries.backups(_minute(now)), now, site)
    st.html(f"{warnings}{still_to_do_line()}" or "<span></span>")
    worst_first = sorted(chosen(fleet.statuses, show), key=urgency)
    if fleet.statuses and not worst_first:
        st.html(f'<p class="sw-hint sw-nothing">{t("fleet.none")}</p>')
    cards = open_cards_if_read()
    # On a phone the group with the worst problem comes first; beside each other they keep places.
    with st.container(key="groups"):
        present = [group for group in GROUPS if any(_group(s) == group for s in worst_first)]
        for group in sorted(present, key=lambda name: _worst(name, worst_first)):
            with st.container(key=f"group-{group}"):
                st.html(f'<h2 class="sw-group">{t(GROUPS[group])}</h2>')
                with st.container(key=f"grid-{group}"):
                    for status in worst_first:
                        if _group(status) == group:
                            tile(status, now, site, cards)


def _minute(now: int) -> int:
    """Rounded, so that open pages share what is cached."""
    return now // MINUTE * MINUTE


def _worst(group: str, worst_first: list[DeviceStatus]) -> int:
    return next(urgency(s) for s in worst_first if _group(s) == group)


def _group(status: DeviceStatus) -> str:
    return status.device.profile.group or "scanner"


live()
