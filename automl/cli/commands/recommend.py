"""``automl recommend``: the items that suit users best, as CSV."""

from __future__ import annotations

import click

from automl.cli.notes import show_notes
from automl.cli.output import STDOUT, check_output, opened


@click.command("recommend")
@click.argument("folder", metavar="DIR")
@click.option("--user", multiple=True, metavar="ID", help="a user; repeatable")
@click.option(
    "--file",
    "users_file",
    metavar="FILE",
    help="a table with the users, or one user on each line",
)
@click.option(
    "--given", multiple=True, metavar="ITEM", help="for a user known by such items alone; repeatable"
)
@click.option("--top", default=10, show_default=True, metavar="N", help="items of each list")
@click.option(
    "--exclude-seen", is_flag=True, help="leave out what a user has dealt with in the data of the search"
)
@click.option("--output", default=STDOUT, metavar="FILE.csv", help="where lists go; default: stdout")
def command(
    folder: str,
    user: tuple[str, ...],
    users_file: str | None,
    given: tuple[str, ...],
    top: int,
    exclude_seen: bool,
    output: str,
) -> None:
    """List the items that suit users best, by the model of the job in DIR: user, rank, item, score."""
    from automl.api import load
    from automl.core.errors import ConfigError
    from automl.jobs.recommendation import read_users

    if [bool(user), users_file is not None, bool(given)].count(True) != 1:
        raise ConfigError("Whom for? Give one of --user ID (repeatable), --file FILE, --given ITEM.")
    check_output(output)
    recommender = load(folder).recommender
    users = list(user) if users_file is None else read_users(users_file, recommender.layout)
    lists = recommender.recommend(users, given=given, top=top, exclude_seen=exclude_seen, told=show_notes)
    with opened(output) as stream:
        lists.to_csv(stream, index=False, lineterminator="\n", float_format="%.6g")
