"""The dashboards of a site: the fleet, one for each profile in use, alerts, and answered polls."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import (
    annotationslist,
    bargauge,
    dashboard,
    statetimeline,
    table,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
    VariableOption,
)

from core.schema.site import Device, Site
from dashboard.grafana.influxql import InfluxQl, curve, events, single, where
from dashboard.grafana.panels import newest, over_time
from dashboard.i18n import t, t_data

_LONGEST_UID = 40  # Grafana's own limit
_GRAFANA = DataSourceRef(type_val="grafana", uid="-- Grafana --")  # where it keeps annotations


@dataclass(frozen=True)
class Board:
    """A dashboard as Grafana keeps it, without its number and version, which are Grafana's."""

    uid: str
    model: dict[str, Any]

    @property
    def mark(self) -> str:
        """A hash of the content, to tell whether it changed."""
        text = json.dumps(self.model, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def uid_of(site: str, name: str) -> str:
    """The uid that links name: the same for ever for a site and name, at most 40 characters."""
    uid = f"scanward-{site}-{name}"
    if len(uid) <= _LONGEST_UID:
        return uid
    return f"scanward-{hashlib.sha256(uid.encode()).hexdigest()[:24]}"


def source_uid(site: str) -> str:
    """The uid of the site's data source."""
    return uid_of(site, "influxdb")


def site_tag(site: str) -> str:
    """The tag of a site's annotations."""
    return f"site:{site}"


def boards(site: Site) -> list[Board]:
    """Every dashboard, the fleet first. The same site file gives the same dashboards."""
    source = DataSourceRef(type_val="influxdb", uid=source_uid(site.file.id))
    kinds: dict[str, list[Device]] = {}
    for device in site.devices.values():
        kinds.setdefault(device.profile_name, []).append(device)
    made = [("fleet", _fleet(site, source))]
    made += [(name, _profile(site, source, devices)) for name, devices in kinds.items()]
    made += [("alerts", _alerts(site, source)), ("uptime", _uptime(site, source))]
    return [_board(uid_of(site.file.id, name), builder) for name, builder in made]


def _board(uid: str, builder: dashboard.Dashboard) -> Board:
    model = json.loads(json.dumps(builder.uid(uid).build(), cls=JSONEncoder))
    for number, panel in enumerate(model["panels"], 1):
        panel["id"] = number
    return Board(uid, model)


def _page(site: Site, title: str, start: str) -> dashboard.Dashboard:
    """What every dashboard has: the site's zone, its alerts as marks, links to the others."""
    marks = (
        dashboard.AnnotationQuery()
        .name(t("grafana.alerts"))
        .datasource(_GRAFANA)
        .icon_color("red")
        .target(
            dashboard.AnnotationTarget()
            .tags(["scanward", site_tag(site.file.id)])
            .type("tags")
            .limit(100)
            .match_any(match_any=False)
        )
    )
    links = (
        dashboard.DashboardLink(site.file.name)
        .type(DashboardLinkType.DASHBOARDS)
        .tags([site_tag(site.file.id)])
        .as_dropdown(as_dropdown=True)
        .keep_time(keep_time=True)
    )
    return (
        dashboard.Dashboard(f"{site.file.name}: {title}")
        .tags(["scanward", site_tag(site.file.id)])
        .timezone(site.zone.key)
        .time(start, "now")
        .refresh("1m")
        .annotation(marks)
        .link(links)
    )


def _fleet(site: Site, source: DataSourceRef) -> dashboard.Dashboard:
    page = _page(site, t("grafana.fleet"), "now-6h").with_panel(_answers(site, source))
    for device in site.devices.values():
        tiles = [name for name, metric in device.profile.metrics.items() if metric.tile]
        if tiles:
            page.with_row(dashboard.Row(f"{device.name} ({device.id})"))
        for name in tiles:
            page.with_panel(newest(source, site.file.id, device.id, name, device.profile))
    return page


def _answers(site: Site, source: DataSourceRef) -> statetimeline.Panel:
    which = where(site.file.id, metric="up")
    words = ValueMap(
        options={
            "0": ValueMappingResult(text=t("grafana.silent"), color="red", index=0),
            "1": ValueMappingResult(text=t("grafana.answers"), color="green", index=1),
        }
    )
    return (
        statetimeline.Panel()
        .title(t("grafana.who_answers"))
        .datasource(source)
        .mappings([words])
        .with_target(InfluxQl(source, curve('min("value")', which, "device"), "$tag_device"))
        .height(min(4 + len(site.devices), 24))
        .span(24)
    )


def _profile(site: Site, source: DataSourceRef, devices: list[Device]) -> dashboard.Dashboard:
    profile = devices[0].profile
    chosen = VariableOption(selected=True, text=devices[0].name, value=devices[0].id)
    listed = ",".join(f"{_word(device.name)} : {device.id}" for device in devices)
    choice = (
        dashboard.CustomVariable("device")
        .label(t("grafana.device"))
        .values(listed)
        .current(chosen)
        .multi(multi=False)
        .include_all(include_all=False)
    )
    page = _page(site, t_data(profile.title or devices[0].profile_name), "now-24h").with_variable(
        choice
    )
    for name in profile.metrics:
        page.with_panel(over_time(source, site.file.id, name, profile))
    return page


def _word(name: str) -> str:
    """A name in a list that commas and ` : ` divide."""
    return name.replace("\\", "").replace(" : ", " - ").replace(",", r"\,")


def _alerts(site: Site, source: DataSourceRef) -> dashboard.Dashboard:
    alerts = (
        annotationslist.Panel()
        .title(t("grafana.alerts"))
        .datasource(_GRAFANA)
        .tags(["scanward", site_tag(site.file.id)])
        .only_in_time_range(only_in_time_range=True)
        .limit(100)
        .height(20)
        .span(8)
    )
    event_table = (
        table.Panel()
        .title(t("grafana.events"))
        .datasource(source)
        .with_target(InfluxQl(source, events(where(site.file.id)), form="table"))
        .height(20)
        .span(16)
    )
    return _page(site, t("grafana.alerts"), "now-7d").with_panel(alerts).with_panel(event_table)


def _uptime(site: Site, source: DataSourceRef) -> dashboard.Dashboard:
    """How often each device answered: no measure of who is to blame, nor of covered hours."""
    which = where(site.file.id, metric="up")
    share = 'mean("value") * 100'
    good = (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(None, "red"), Threshold(95, "yellow"), Threshold(99, "green")])
    )
    whole = (
        bargauge.Panel()
        .title(t("grafana.share"))
        .datasource(source)
        .unit("percent")
        .min(0)
        .max(100)
        .decimals(2)
        .thresholds(good)
        .with_target(InfluxQl(source, single(share, which, "device"), "$tag_device"))
        .height(min(4 + len(site.devices), 24))
        .span(24)
    )
    days = curve(share, which, "device", step="1d")
    daily = (
        statetimeline.Panel()
        .title(t("grafana.share_daily"))
        .datasource(source)
        .unit("percent")
        .decimals(1)
        .thresholds(good)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .with_target(InfluxQl(source, f"{days} tz('{site.zone.key}')", "$tag_device"))
        .height(min(4 + len(site.devices), 24))
        .span(24)
    )
    return _page(site, t("grafana.uptime"), "now-30d").with_panel(whole).with_panel(daily)
