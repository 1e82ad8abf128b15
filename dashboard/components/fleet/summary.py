"""The top of the first page: counts by state, the age of the newest reading, and warnings."""

from collections import Counter
from html import escape

import streamlit as st

from alerts.power import PowerPlan
from core.schema.site import Site
from dashboard.components.fleet.badge import icon
from dashboard.components.shared.ages import with_ago
from dashboard.i18n import t
from dashboard.queries.fleet import LATE, Backups, Fleet
from dashboard.text import format as fmt
from dashboard.views.device_status import State
from dashboard.views.incidents import FILTERS, filter_of

_WORDS = {
    "wrong": "fleet.wrong",
    "warning": "fleet.warning",
    "silent": "fleet.silent",
    "explained": "fleet.explained",
    "unknown": "fleet.unknown",
    "ok": "fleet.ok",
}
ALWAYS = ("wrong", "silent", "ok")  # counts that are shown when they are nought, too


def summary(fleet: Fleet, chosen: str, now: int, site: Site) -> None:
    """The site, how many devices are how, each a way to see only these, and the newest reading."""
    with st.container(key="summary", horizontal=True, vertical_alignment="center"):
        st.html(f'<h1 class="sw-site">{escape(site.file.name)}</h1>', width="content")
        with st.container(key="counts", horizontal=True, width="content"):
            counts = Counter(map(filter_of, fleet.statuses))
            for name, looks in FILTERS.items():
                is_always = name in ALWAYS and not fleet.is_filling
                if counts[name] or is_always or name == chosen:
                    _count(name, looks, counts[name], is_chosen=name == chosen)
        newest = with_ago("fleet.heard", fleet.last_seen_at, now)
        zone = t("fleet.zone", zone=fmt.zone_name(now, site))
        st.html(f'<p class="sw-fresh">{newest} · {escape(zone)}</p>', width="content")


def banners(fleet: Fleet, now: int, site: Site) -> str:
    """What is wrong with Scanward itself; empty when nothing is, and while each page says that the past is being written."""
    if fleet.is_filling:
        return ""
    parts = [_banner(t("banner.unreadable"), text) for text in fleet.trouble]
    if fleet.statuses:
        warnings = (_stopped(fleet, now, site), _unjudged(fleet, now, site))
        parts += [_banner(*warning) for warning in warnings if warning is not None]
        parts += [_catching_up(fleet, now, site)]
    return "".join(parts)


def backup_banner(backups: Backups | None, now: int, site: Site) -> str:
    """Loud when the planned backups are not made; for the first page alone."""
    if backups is None or not backups.is_late:
        return ""
    title = t("banner.no_backup")
    if backups.at is None:
        return _banner(title, t("banner.no_backup_ever", folder=backups.folder))
    when, age = fmt.moment(backups.at, now, site), fmt.age(backups.at, now)
    text = t("banner.no_backup_since", folder=backups.folder, when=when, age=age)
    return _banner(title, text)


def power_banner(plan: PowerPlan | None, site: Site) -> str:
    """Loud while a UPS runs on its battery, with the way to the plan; `plan` is None if nobody knows."""
    on_battery = [ups.ups for ups in plan.ups if ups.mode == "battery"] if plan else []
    if not on_battery:
        return ""
    names = ", ".join(fmt.device(name, site) for name in on_battery)
    link = f'<a href="power" target="_self">{escape(t("power.banner_link"))}</a>'
    return (
        f'<div class="sw-banner" role="alert">{icon("critical")}'
        f"<p><b>{escape(t('power.banner', ups=names))}</b><br>{link}</p></div>"
    )


def _stopped(fleet: Fleet, now: int, site: Site) -> tuple[str, str] | None:
    if fleet.last_seen_at is None:
        return t("banner.stopped"), t("banner.never")
    if now - fleet.last_seen_at <= LATE:
        return None
    when, age = fmt.moment(fleet.last_seen_at, now, site), fmt.age(fleet.last_seen_at, now)
    return t("banner.stopped"), t("banner.stopped_since", when=when, age=age)


def _unjudged(fleet: Fleet, now: int, site: Site) -> tuple[str, str] | None:
    """The alert process, or a part of it, stands still; with no records at all that is said."""
    if fleet.trouble or fleet.last_seen_at is None or fleet.is_catching_up:
        return None
    if fleet.judged_at is None:
        return t("banner.unjudged"), t("banner.unjudged_never")
    if fleet.last_seen_at - fleet.judged_at > LATE:
        when, age = fmt.moment(fleet.judged_at, now, site), fmt.age(fleet.judged_at, now)
        return t("banner.unjudged"), t("banner.unjudged_since", when=when, age=age)
    if fleet.hangs_since is not None:
        when, age = fmt.moment(fleet.hangs_since, now, site), fmt.age(fleet.hangs_since, now)
        return t("banner.unsent"), t("banner.unsent_since", when=when, age=age)
    return None


def _catching_up(fleet: Fleet, now: int, site: Site) -> str:
    """The alert process judges, but what it judges is history; empty when it does not."""
    if not fleet.is_catching_up or fleet.trouble or fleet.last_seen_at is None:
        return ""
    if fleet.judged_at is None:
        text = t("banner.catching_up_begins")
    else:
        when, age = fmt.moment(fleet.judged_at, now, site), fmt.age(fleet.judged_at, now)
        text = t("banner.catching_up_until", when=when, age=age)
    return _banner(t("banner.catching_up"), text, "warning")


def _count(name: str, looks: State, count: int, *, is_chosen: bool) -> None:
    """A number that shows only its devices; chosen again, all of them."""
    word = t(_WORDS[name])
    shape = f"{icon(looks)}<b>{count}</b> {escape(word)}"
    tone = looks if count else "none"
    mark = " sw-chosen" if is_chosen else ""
    with st.container(key=f"count-{name}"):
        st.html(f'<span class="sw-count sw-{tone}-text{mark}">{shape}</span>')
        st.page_link(
            "app_pages/fleet.py",
            label=t("fleet.all") if is_chosen else t("fleet.only", word=word),
            query_params={} if is_chosen else {"show": name},
        )


def _banner(title: str, text: str, looks: State = "critical") -> str:
    role = "alert" if looks == "critical" else "status"
    return (
        f'<div class="sw-banner" role="{role}">{icon(looks)}'
        f"<p><b>{escape(title)}</b><br>{escape(text)}</p></div>"
    )
