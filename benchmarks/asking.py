"""How long a study takes to propose and to remember, as trials become many.

    python -m benchmarks.asking [--trials N] [--samplers rungs,tpe,...]

Nothing is trained: the score of every trial is a smooth function of fifteen parameters. The study is kept
in memory; on a disk each trial waits for a few writes more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from optuna.storages import InMemoryStorage

from automl.core.errors import AutomlError
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.spaces.parameters import Choice, Float, Integer, Parameter
from automl.spaces.space import SearchSpace
from automl.study.opening import open_proposer

HUNDRED = 100
"""Trials of each end that are compared."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    print("| sampler | first hundred, ms | last hundred, ms | ratio |\n| --- | --- | --- | --- |")
    try:
        for sampler in options.samplers.split(","):
            times = asking_times(sampler.strip(), options.trials)
            early, late = (statistics.median(part) for part in (times[:HUNDRED], times[-HUNDRED:]))
            print(f"| {sampler} | {early:.1f} | {late:.1f} | {late / early:.1f} |", flush=True)
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def asking_times(sampler: str, trials: int) -> list[float]:
    """Return the milliseconds of ask and tell of each trial."""
    proposer = open_proposer(
        folder=Path(),
        name="asking",
        space=SPACE,
        objectives=(Objective(name="loss", direction="minimize"),),
        sampler=sampler,
        pruner="none",
        storage=InMemoryStorage(),
    )
    times = []
    for _ in range(trials):
        started = time.perf_counter()
        proposal = proposer.ask()
        if proposal is None:
            break
        record = TrialRecord(
            number=proposal.number,
            configuration=proposal.configuration,
            state="complete",
            scores=(_loss(proposal.configuration),),
            epochs=10,
            seconds=1.0,
            origin=proposal.origin,
        )
        proposer.tell(record, {})
        times.append(1000 * (time.perf_counter() - started))
    return times


def _space() -> SearchSpace:
    floats: list[Parameter] = [
        Float(name=f"rate{place}", low=1e-4, high=1.0, default=0.01, log=True) for place in range(7)
    ]
    whole: list[Parameter] = [
        Integer(name=f"width{place}", low=8, high=512, default=64, log=True) for place in range(4)
    ]
    choices: list[Parameter] = [
        Choice(name=f"kind{place}", values=("a", "b", "c"), default="a") for place in range(4)
    ]
    return SearchSpace(name="asking", epochs=10, parameters=(*floats, *whole, *choices))


SPACE = _space()


def _loss(configuration: Configuration) -> float:
    """Distance of each number from its middle; a fine for each choice that is not the second."""
    loss = 0.0
    for value in configuration.values():
        loss += float(value != "b") if isinstance(value, str) else abs(float(value or 0) - 0.5) ** 0.5
    return loss


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.asking", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--trials", type=int, default=1000, help="trials of the study: 1000")
    parser.add_argument("--samplers", default="rungs,tpe,random", help="samplers, separated by commas")
    return parser


if __name__ == "__main__":
    sys.exit(main())
