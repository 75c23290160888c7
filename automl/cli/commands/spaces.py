"""``automl spaces``: the search spaces that come with this package, and with others that extend it."""

from __future__ import annotations

import click


@click.group("spaces", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the search spaces, one per family; those of other packages with the package's name."""
    if context.invoked_subcommand is None:
        from automl.spaces.loading import known_spaces

        for name, origin in known_spaces().items():
            click.echo(name if origin is None else f"{name}  ({origin})")


@command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Print a search space, such as image/cnn, to copy and edit."""
    from automl.spaces.loading import space_text

    click.echo(space_text(name), nl=False)
