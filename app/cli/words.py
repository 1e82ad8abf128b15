"""`scanward words`: the words of a language in one table, to be corrected by who reads it."""

from pathlib import Path
from typing import Annotated

import typer

words_cli = typer.Typer(no_args_is_help=True, help="The words of a language in one table.")

LanguageArgument = Annotated[str, typer.Argument(help="As fa.")]
FileArgument = Annotated[Path, typer.Argument(help="As docs/words/fa.csv.")]


@words_cli.command("write")
def words_write(language: LanguageArgument, file: FileArgument) -> None:
    """Write every word of the program, English beside it, into a CSV for a spreadsheet (docs/translating.md)."""
    from app.words.word_list import as_csv

    file.write_bytes(as_csv(language))
    typer.echo(f"{file}: {language}")


@words_cli.command("read")
def words_read(language: LanguageArgument, file: FileArgument) -> None:
    """Take a corrected table in: its words are written into the files of this source tree, or every mistake is said."""
    from app.words.word_list import take

    changed = take(language, file.read_bytes())
    for row in changed:
        typer.echo(f"{row.place}: {row.key or row.english}: {row.words}")
    typer.echo(f"{len(changed)} changed")
