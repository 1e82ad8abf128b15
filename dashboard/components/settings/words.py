"""What the keys of the site file are called on the page. A key without a name stands as it is in the file."""

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "id": "settings.field_id",
    "name": "settings.field_name",
    "kind": "settings.field_kind",
    "zone": "settings.field_zone",
    "language": "settings.field_language",
    "calendar": "settings.field_calendar",
    "currency": "settings.field_currency",
    "folder": "settings.field_folder",
    "same_disk": "settings.field_same_disk",
    "every": "settings.field_every",
    "keep": "settings.field_keep",
    "raw": "settings.field_raw",
    "minutes": "settings.field_minutes",
    "hours": "settings.field_hours",
    "journal": "settings.field_journal",
    "audit": "settings.field_audit",
    "url": "settings.field_url",
    "token": "settings.field_token",
    "chat": "settings.field_chat",
    "server": "settings.field_server",
    "modem": "settings.field_modem",
    "number": "settings.field_number",
    "pin": "settings.field_pin",
    "baud": "settings.field_baud",
    "parts": "settings.field_parts",
    "role": "settings.field_role",
    "channels": "settings.field_channels",
    "per_hour": "settings.field_per_hour",
    "severities": "settings.field_severities",
    "to": "settings.field_to",
    "roles": "settings.field_roles",
}
CHOICES: Mapping[str, str] = {
    "en": "settings.choice_en",
    "fa": "settings.choice_fa",
    "gregorian": "settings.choice_gregorian",
    "solar": "settings.choice_solar",
    "log": "settings.choice_log",
    "apprise": "settings.choice_apprise",
    "gsm": "settings.choice_gsm",
    "telegram": "settings.choice_telegram",
    "info": "state.info",
    "warning": "state.warning",
    "error": "state.error",
    "critical": "state.critical",
}
HEADINGS: Mapping[str, tuple[str, str]] = {
    "backup": ("settings.backup", "settings.backup_about"),
    "retention": ("settings.retention", "settings.retention_about"),
}
ADD: Mapping[str, str] = {"people": "settings.people_add", "routes": "settings.routes_add"}
