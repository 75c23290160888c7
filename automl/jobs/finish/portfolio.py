"""A portfolio from finished jobs, written as a search space of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.specs import Configuration
from automl.jobs.intake.warm_start import check_places, place_of
from automl.spaces.loading import dump_space, load_space
from automl.study.earlier.warm_start import Earlier


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """A portfolio that was built.

    Attributes:
        output: file of the search space that holds it.
        entries: configurations, the first one first.
        sources: a line for each study that it was learned from.
    """

    output: Path
    entries: tuple[Configuration, ...]
    sources: tuple[str, ...]


def build_portfolio(jobs: Sequence[str], *, family: str, size: int, output: Path) -> Portfolio:
    """Learn a portfolio from finished jobs and write the family's search space with it.

    Args:
        jobs: job folders, or other studies as ``--warm-start`` takes them.
        family: the family's search space: ``tabular/mlp``, or a file of your own.
        size: entries at most.
        output: a YAML file that does not exist yet, for ``automl search --space``.

    Raises:
        ConfigError: no such job, too few trials of the family, studies of another modality, or a file that
            exists or cannot be written.
        SpaceError: there is no such search space.
    """
    _check_output(output, size)
    check_places(jobs)
    space = load_space(family)

    from automl.study.earlier.earlier import read_earlier
    from automl.study.earlier.portfolio import learned_portfolio

    studies = [read_earlier(place_of(job)) for job in jobs]
    _check_modality(studies, space.name)
    entries = learned_portfolio(studies, space, size=size)
    sources = tuple(_told(study) for study in studies)
    learned = replace(space, portfolio=entries, portfolio_by_task={})
    _write(output, _with_comment(dump_space(learned), sources))
    return Portfolio(output=output, entries=entries, sources=sources)


def _check_output(output: Path, size: int) -> None:
    if size < 1:
        raise ConfigError(f"size: expected at least 1 entry, got {size}.")
    if output.suffix not in (".yaml", ".yml"):
        raise ConfigError(f"{output}: expected a file that ends in .yaml, for `automl search --space`.")
    if output.exists():
        raise ConfigError(f"{output} exists already. Name another file, or remove it.")
    if not output.parent.is_dir():
        raise ConfigError(f"The folder of {output} does not exist. Create it first.")


def _check_modality(studies: Sequence[Earlier], name: str) -> None:
    modality = name.partition("/")[0] if "/" in name else ""
    for study in studies:
        if modality and study.facts is not None and study.facts.modality != modality:
            raise ConfigError(
                f"{study.name!r} is a search on {study.facts.modality} data, and {name} is for {modality} "
                "data. Leave it out, or name another family."
            )


def _told(study: Earlier) -> str:
    facts, trials = study.facts, f"{len(study.results)} trials"
    return (
        f"{study.name} ({trials})"
        if facts is None
        else f"{study.name} ({facts.task}, {facts.rows} rows, {trials})"
    )


def _with_comment(text: str, sources: Sequence[str]) -> str:
    head, mark, tail = text.partition("\nportfolio:")
    lines = fill(f"Portfolio built from {', '.join(sources)}.", 100)
    comment = "\n".join(f"# {line}" for line in lines.splitlines())
    return f"{head}\n{comment}{mark}{tail}"


def _write(output: Path, text: str) -> None:
    try:
        write_whole(output, text)
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror or error}.") from error
