"""``automl generate``: text from a job's language model, shown as it is written."""

from __future__ import annotations

import click


@click.command("generate")
@click.argument("folder", metavar="DIR")
@click.option("--prompt", default="\n", metavar="TEXT", help="text to go on from; default: a new line")
@click.option("--tokens", default=500, show_default=True, metavar="N", help="tokens to write at most")
@click.option(
    "--temperature",
    default=1.0,
    show_default=True,
    metavar="T",
    help="below 1: likelier tokens; 0: the likeliest always",
)
@click.option(
    "--top-k", default=0, show_default=True, metavar="K", help="draw from the K likeliest tokens; 0: all"
)
@click.option(
    "--top-p",
    default=1.0,
    show_default=True,
    metavar="P",
    help="draw from the likeliest tokens that make up this share of the probability",
)
@click.option("--seed", default=0, show_default=True, metavar="S", help="the same seed, the same text")
@click.option("--no-cache", is_flag=True, help="read all again for each token: the same text, slower")
def command(
    folder: str,
    prompt: str,
    tokens: int,
    temperature: float,
    top_k: int,
    top_p: float,
    seed: int,
    no_cache: bool,
) -> None:
    """Write text with the language model of the job in DIR, to standard output."""
    from automl.api import load
    from automl.jobs.generation import Writing
    from automl.tasks.sampling import Sampling

    sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p)
    how = Writing(tokens=tokens, sampling=sampling, seed=seed, cache=not no_cache)
    writer = load(folder).writer
    pieces = writer.write(prompt, how)
    click.echo(prompt.lstrip("\n"), nl=False)
    for piece in pieces:
        click.echo(piece, nl=False)
    click.echo()
