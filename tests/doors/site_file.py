"""The site file: changed, taken back, and the secrets that it names."""

from core.schema.editing.change import Put
from dashboard.components.settings import draft, history, limit
from dashboard.queries import stores
from maintenance.site_file.change import change_site, preview, take_back
from maintenance.site_file.secret_files import keep_secret, secret_file
from tests.doors.table import Action, Door, Visit

PAGE = "dashboard.components.settings"
OTHER = [Put("name", "Other")]


def save(visit: Visit, reason: str, secrets: dict[str, str] | None = None) -> None:
    waiting = draft.Draft(OTHER, preview(stores.site_path(), OTHER), secrets or {})
    draft.saved(waiting, reason)


def save_limit(visit: Visit) -> None:
    new = limit.NewLimit("devices[id=ct-2].limits", "tube_hot", {"above": 70})
    limit._saved(visit.centre.site.devices["ct-2"], new, " ")


def save_secret(visit: Visit) -> None:
    save(visit, "to be told", {secret_file(visit.centre.site, "hook"): "two\nlines"})


ACTIONS = [
    Action(
        "change the site file without a reason",
        change_site,
        "say why",
        [
            Door(f"{PAGE}.draft:saved", lambda v: save(v, " ")),
            Door(f"{PAGE}.limit:_saved", save_limit),
            Door(
                "app.cli.site:site_set",
                lambda v: v.command("site", "set", "name", "Other", "--reason", " "),
            ),
        ],
    ),
    Action(
        "keep what is no secret",
        keep_secret,
        "that is no secret: one line without characters that nobody can see",
        [Door(f"{PAGE}.draft:saved", save_secret)],
    ),
    Action(
        "take back what is no change",
        take_back,
        "there is no change 99 of the site file",
        [
            Door(f"{PAGE}.history:_reversed", lambda _: history._reversed(99, "wrong")),
            Door(
                "app.cli.site:site_take_back",
                lambda v: v.command("site", "take-back", 99, "--reason", "wrong"),
            ),
        ],
    ),
]
