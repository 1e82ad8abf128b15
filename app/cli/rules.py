"""`scanward rules`: whether rules do what they are meant to do."""

from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConfigError, Mistake

rules_cli = typer.Typer(no_args_is_help=True, help="Whether rules do what they are meant to do.")


@rules_cli.callback()
def rules() -> None:
    """Without it, typer would make `test` the whole of `rules`."""


@rules_cli.command("test")
def rules_test(
    files: Annotated[list[Path], typer.Argument(help="As config/rule_tests/ups-apc.yaml.")],
) -> None:
    """Run rule tests: what is read when, and where each rule then must stand (docs/rule-tests.md).

    What is otherwise is printed, and the exit code is 1.
    """
    from alerts.timelines.differences import described
    from alerts.timelines.load import RuleTestLibrary
    from alerts.timelines.run import run_rule_tests

    library, mistakes = RuleTestLibrary(), list[Mistake]()
    count, failed = 0, 0
    for path in files:
        try:
            tests = library.load(path)
        except ConfigError as error:
            mistakes += error.mistakes
            continue
        differences = run_rule_tests(tests)
        for difference in differences:
            typer.echo(described(tests, difference))
        count += len(tests.tests)
        failed += len({difference.test for difference in differences})
    if mistakes:
        raise ConfigError(list(dict.fromkeys(mistakes)))
    typer.echo(f"{count} tests, {f'{failed} failed' if failed else 'all as expected'}")
    if failed:
        raise typer.Exit(1)
