"""``automl completion``: what a shell needs to complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from automl.cli.app import application

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a SHELL: bash, zsh or fish.

    \b
    eval "$(automl completion bash)"                          # in ~/.bashrc
    eval "$(automl completion zsh)"                           # in ~/.zshrc
    automl completion fish > ~/.config/fish/completions/automl.fish
    """  # noqa: D301  click reads the escape
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click completes nothing in {shell}.")
    click.echo(kind(application, {}, "automl", "_AUTOML_COMPLETE").source())
