"""The first site file as a text: each key with what it does, and what else could stand there, in the chosen language."""

import json
import re
import unicodedata
from pathlib import Path

from core.schema.http import Http
from dashboard.http.first_start.answers import SCREEN, FirstAnswers
from dashboard.i18n import calendar_of, catalogue

NAMELESS = "my-centre"  # where nothing of the name can be written in Latin letters
CHANNEL = "first"


def site_text(
    answers: FirstAnswers, data: Path, channel_secret: Path, *, address: str, port: int
) -> str:
    """YAML for `load_site`; the same answers give the same text."""
    words = catalogue(answers.language).words
    english = catalogue("en").words

    def about(key: str) -> str:
        text = words.get(f"site_file.{key}") or english[f"site_file.{key}"]
        return "".join(f"# {line}\n" for line in text.splitlines())

    calendar = calendar_of(answers.language)
    parts = [
        about("top"),
        f"{about('id')}id: {quoted(site_id(answers.name))}\n",
        f"{about('name')}name: {quoted(answers.name)}\n",
        f"{about('zone')}zone: {answers.zone}\n",
        f"{about('language')}language: {answers.language}\n",
        f"{about('calendar')}calendar: {calendar}\n",
        f"{about('storage')}storage:\n  folder: {quoted(str(data))}\n",
        about("backup") + _backup(answers),
        about("channels") + _channels(answers, channel_secret),
        about("http") + _http(address, port),
        about("broker") + "# broker:\n#   host: 192.0.2.10\n#   port: 1883\n",
        f"{about('devices')}devices: []\n",
    ]
    return "\n".join(parts)


def site_id(name: str) -> str:
    """`herat-imaging-centre` of `Herat Imaging Centre`; NAMELESS if the name has no Latin letters."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:40].strip("-")
    return text if re.search(r"[a-z]{2}", text) else NAMELESS


def quoted(text: str) -> str:
    """A YAML scalar in double quotes: JSON's form is YAML's, but for the line ends of Unicode."""
    written = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff]", lambda end: f"\\u{ord(end[0]):04x}", written)


def _backup(answers: FirstAnswers) -> str:
    if answers.backup is None:
        return "# backup:\n#   folder: /mnt/usb/scanward\n"
    same = "  same_disk: true\n" if answers.same_disk else ""
    return f"backup:\n  folder: {quoted(str(answers.backup))}\n{same}"


def _channels(answers: FirstAnswers, secret: Path) -> str:
    receivers = f"[log, {CHANNEL}]"
    entry = f"  - {{kind: apprise, id: {CHANNEL}, url: {quoted(f'file:{secret}')}}}\n"
    if answers.channel == SCREEN:
        receivers, entry = "[log]", ""
    return (
        f"channels:\n  - {{kind: log, id: log}}\n{entry}routes:\n"
        f"  - {{severities: [info, warning], channels: [log]}}\n"
        f"  - {{severities: [error, critical], channels: {receivers}}}\n"
    )


def _http(address: str, port: int) -> str:
    usual = Http()
    if (address, port) == (usual.address, usual.port):
        return f"# http:\n#   address: {usual.address}\n#   port: {usual.port}\n"
    return f"http:\n  address: {quoted(address)}\n  port: {port}\n"
