"""What was changed of an asset sheet and its components: by whom, when, from what to what."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from core.schema.site import Site
from dashboard.i18n import joined, t
from dashboard.queries.assets import AssetDetails
from dashboard.text import format as fmt
from maintenance.assets.columns import SHEETS
from storage.records import Audit


def changes_list(sheet: AssetDetails, now: int, site: Site) -> str:
    """What was saved together stands together, the newest at the top."""
    names = {str(row.component.id): row.component.name for row in sheet.components}
    lines = []
    for (at, who), changes in groupby(sheet.changes, lambda change: (change.at, change.who)):
        text = joined(
            line for change in reversed([*changes]) for line in _change_texts(change, names, site)
        )
        if text:
            lines.append(
                f'<li><span class="sw-when">{escape(fmt.moment(at, now, site))}</span><span>'
                f'{escape(text)} <span class="sw-hint">{escape(who)}</span></span></li>'
            )
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _change_texts(change: Audit, names: dict[str, str], site: Site) -> Sequence[str]:
    """One row of the audit in words; what the workbook does not hold is left out."""
    columns = {column.attribute: title for title, column in SHEETS[change.what].columns.items()}
    known = [name for name in change.after or {} if name in columns]
    part = names.get(change.row_id, "") if change.what == "components" else ""
    if change.action == "insert":
        return [t("asset.added", name=part) if part else t("asset.begun")]
    cells = [_cell(change, name, columns[name], site) for name in known]
    return [t("asset.of_component", name=part, cell=cell) if part else cell for cell in cells]


def _cell(change: Audit, name: str, title: str, site: Site) -> str:
    column, label = SHEETS[change.what].columns[title], fmt.column(title, site)
    if column.refers_to == "contracts":  # the audit has its row, which says nothing to a person
        return label
    before, after = (
        column.to_cell((side or {}).get(name)) for side in (change.before, change.after)
    )
    if not before:
        return t("import.cell_new", column=label, after=after)
    return t("import.cell", column=label, before=before, after=after or fmt.ABSENT)
