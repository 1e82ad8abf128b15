"""From answers to a site: its secret, its file, which appears whole or not at all, and its first person."""

import os
from contextlib import suppress
from pathlib import Path

from starlette.requests import Request

from access import sessions, setup_links
from access.login import NewLogin
from access.principal import Author
from core.errors import RefusedError
from core.schema.load import load_site
from dashboard import forms
from dashboard.http.first_start.answers import FirstAnswers, FirstPerson
from dashboard.http.first_start.site_text import site_text
from dashboard.http.gate import address_of
from dashboard.queries import stores
from storage.files.atomic import fsync_path, own_folder
from storage.files.key_file import write_secret

DATA = Path("var")  # of the site, below the folder in which Scanward was started
WHO = "setup link"  # in the audit, as by the link of later starts


def create_site_file(answers: FirstAnswers, path: Path, *, address: str, port: int) -> None:
    """Write the file, if there is none. RefusedError says why it cannot be, and then nothing is left of it."""
    data = DATA.absolute()
    secret = data / "secrets" / "first-channel"
    text = site_text(answers, data, secret, address=address, port=port)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        own_folder(data)
        if answers.channel_url:
            write_secret(secret, answers.channel_url.encode())
        _write_new(path, text)
    except OSError as error:
        where, why = error.filename or path, error.strerror or str(error)
        raise RefusedError("{folder} cannot be written: {why}", folder=where, why=why) from None


def _write_new(path: Path, text: str) -> None:
    """Write it whole, checked, and never over a file that is there."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        load_site(unfinished)  # a ConfigError here is a bug of ours: the answers were checked
        fsync_path(unfinished)
        os.link(unfinished, path)
        fsync_path(path.parent)
    except FileExistsError:
        raise RefusedError("{file} is there already: start Scanward again", file=path) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def begin_first_session(person: FirstPerson, path: Path, request: Request) -> NewLogin | None:
    """The first person signed up and in, at the site of that file; None if people are known from before."""
    os.environ[stores.SITE_VARIABLE] = str(path.absolute())
    stores.records().upgrade()
    author = Author(WHO, frozenset({"manage people"}), address_of(request.scope))
    with forms.writing(author) as tx:
        secret = setup_links.make_first_link(tx)
        if secret is None:
            return None
        user = setup_links.use_link(tx, secret, person.password_hash, person.name, person.full_name)
        agent = request.headers.get("user-agent", "")
        return NewLogin(sessions.begin(tx, user, author.address, agent), user.id, user.full_name)
