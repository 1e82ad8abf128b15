"""The queries of the dashboards, in InfluxQL. Grafana fills in `$timeFilter` and `$__interval`.

Names of sites, devices and metrics have no character that InfluxQL would take for its own
(core/schema/names.py), so nothing needs quoting here.
"""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef


@dataclass(frozen=True)
class InfluxQl(Dataquery, Builder[Dataquery]):
    """One query to the site's data source; `alias` names its curves."""

    source: DataSourceRef
    text: str
    alias: str = ""
    form: Literal["time_series", "table"] = "time_series"
    ref: str = "A"

    def build(self) -> Dataquery:
        """As the panels of the SDK want it."""
        return self

    def to_json(self) -> dict[str, object]:
        """As Grafana's InfluxDB data source keeps it."""
        return {
            "refId": self.ref,
            "datasource": self.source,
            "query": self.text,
            "rawQuery": True,
            "resultFormat": self.form,
            "alias": self.alias,
        }


def where(site: str, **tags: str) -> str:
    """The condition for readings of a site with these tags, in the time that the page shows."""
    conditions = [f"\"{name}\" = '{value}'" for name, value in {"site": site, **tags}.items()]
    return " AND ".join([*conditions, "$timeFilter"])


def curve(what: str, condition: str, by: str, fill: str = "null", step: str = "$__interval") -> str:
    """A value for each step of time, one curve for each value of the tag `by`."""
    return (
        f'SELECT {what} FROM "readings" WHERE {condition}'
        f' GROUP BY time({step}), "{by}" fill({fill})'
    )


def single(what: str, condition: str, by: str) -> str:
    """One value for the whole time, for each value of the tag `by`."""
    return f'SELECT {what} FROM "readings" WHERE {condition} GROUP BY "{by}"'


def events(condition: str, most: int = 500) -> str:
    """Events of devices, newest first, as a table."""
    return (
        'SELECT "device", "kind", "severity", "text", "code", "component" FROM "events"'
        f" WHERE {condition} ORDER BY time DESC LIMIT {most}"
    )
