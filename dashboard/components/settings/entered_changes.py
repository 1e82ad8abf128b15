"""What a form of settings changes in the site file."""

from collections.abc import Iterable, Mapping

from core.errors import RefusedError
from core.schema.editing.address import Raw
from core.schema.editing.change import Add, Change, Put, Remove
from dashboard.components.settings.draft import propose
from dashboard.components.settings.fields import Entered
from dashboard.queries import stores
from maintenance.site_file.secret_files import secret_file

RawMap = dict[str, Raw]


def raw_site() -> RawMap:
    """What the site file says, by its keys."""
    raw = stores.site().raw
    return raw if isinstance(raw, dict) else {}


def raw_list(key: str) -> list[RawMap]:
    """The items of a list of the file; what stands for an absent one has the model's defaults."""
    listed = raw_site().get(key)
    if listed is None:
        listed = DEFAULTS.get(key, [])
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


# What the models put where the file has no list; an item that is added would replace it.
DEFAULTS: Mapping[str, Raw] = {
    "channels": [{"kind": "log", "id": "log"}],
    "routes": [{"severities": ["info", "warning", "error", "critical"], "channels": ["log"]}],
}


def propose_values(
    address: str, before: Mapping[str, Raw], entered: Entered, needed: str = ""
) -> str:
    """Look at what a mapping of the file becomes; what is left empty goes, all of it without `needed`."""
    if needed and before and needed not in entered.values:
        return propose([Remove(address)])
    values, secrets = _with_secret_files(address, entered)
    changes: list[Change] = []
    top = f"{address}." if address else ""
    if address and not before:
        changes = [Put(address, values)] if values else []
    else:
        changes += (
            Put(top + key, value) for key, value in values.items() if before.get(key) != value
        )
        changes += (Remove(top + key) for key in before if key not in values)
    return _proposed(changes, secrets)


def propose_item(key: str, entered: Entered, others: Iterable[Change] = ()) -> str:
    """Look at one more item of a list, and at what goes with it."""
    values, secrets = _with_secret_files(f"{key}-{entered.values.get('id', '')}", entered)
    return _proposed([*defaults_first(key), Add(key, values), *others], secrets)


def propose_removal(key: str, place: int, others: Iterable[Change] = ()) -> str:
    """Look at a list without one of its items."""
    first = [] if key in raw_site() else [Put(key, DEFAULTS.get(key, []))]
    return _proposed([*first, *others, Remove(f"{key}[{place}]")], {})


def defaults_first(key: str) -> list[Change]:
    """Write out what holds while the file has no such list."""
    return [Put(key, DEFAULTS[key])] if key in DEFAULTS and key not in raw_site() else []


def _with_secret_files(name: str, entered: Entered) -> tuple[RawMap, dict[str, str]]:
    files = {
        key: secret_file(stores.site(), "".join(c if c.isalnum() else "-" for c in f"{name}-{key}"))
        for key in entered.secrets
    }
    values = {**entered.values, **{key: f"file:{path}" for key, path in files.items()}}
    return values, {files[key]: secret for key, secret in entered.secrets.items()}


def _proposed(changes: list[Change], secrets: dict[str, str]) -> str:
    if not changes:
        raise RefusedError("that is what the site file says already")
    return propose(changes, secrets)
