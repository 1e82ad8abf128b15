"""What was changed of an asset sheet and its components: by whom, when, from what to what."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from core.schema.site import Site
from dashboard.i18n import t
from dashboard.text import format as fmt
from dashboard.work.assets import AssetSheet
from maintenance.assets.columns import SHEETS
from storage.records import Audit


def changes_list(sheet: AssetSheet, now: int, site: Site) -> str:
    """What was saved together stands together, the newest at the top."""
    names = {str(one.component.id): one.component.name for one in sheet.components}
    lines = []
    for (at, who), changes in groupby(sheet.changes, lambda one: (one.at, one.who)):
        said = " · ".join(text for one in reversed([*changes]) for text in _said(one, names, site))
        if said:
            lines.append(
                f'<li><span class="sw-when">{escape(fmt.moment(at, now, site))}</span><span>'
                f'{escape(said)} <span class="sw-hint">{escape(who)}</span></span></li>'
            )
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _said(one: Audit, names: dict[str, str], site: Site) -> Sequence[str]:
    """One row of the audit in words; what the workbook does not hold is left out."""
    columns = {column.attribute: title for title, column in SHEETS[one.what].columns.items()}
    known = [name for name in one.after or {} if name in columns]
    part = names.get(one.row_id, "") if one.what == "components" else ""
    if one.action == "insert":
        return [t("asset.added", name=part) if part else t("asset.begun")]
    cells = [_cell(one, name, columns[name], site) for name in known]
    return [t("asset.of_component", name=part, cell=cell) if part else cell for cell in cells]


def _cell(one: Audit, name: str, title: str, site: Site) -> str:
    column, label = SHEETS[one.what].columns[title], fmt.column(title, site)
    if column.refers_to == "contracts":  # the audit has its row, which says nothing to a person
        return label
    before, after = (column.say((side or {}).get(name)) for side in (one.before, one.after))
    if not before:
        return t("import.cell_new", column=label, after=after)
    return t("import.cell", column=label, before=before, after=after or fmt.ABSENT)
