"""How well configurations are searched: replays of finished trainings, ours against its peers.

    python -m benchmarks.search --data DIR [--tables lcbench,taskset,...] [--methods ours,tpe,...]
        [--seeds N] [--workers N,...] [--trainings 3,5,10,20,50] [--json FILE] [--plot FILE.html]

``--data`` is a folder of tables (LCBench, TaskSet, FCNet, HPOBench, NAS-Bench-201, OPDA; whatever tasks
lie in it). Nothing is trained: a table answers with its learning curves, and workers wait for each other in
the table's own time. Our side is the study of real jobs. Portfolios are learned on the other tasks of the
table. Printed is the normalised regret (0 the best known, 1 a median configuration) of the best loss so far
after so many full trainings' epochs: mean and standard error over tasks and seeds.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import optuna

from automl.core.errors import AutomlError
from automl.core.seeds import derive
from automl.core.specs import Configuration
from automl.study.earlier.portfolio import greedy
from benchmarks.arguments import names_of, numbers_of
from benchmarks.search.players import BY_BUDGET, METHODS, Game, Segment
from benchmarks.search.report import Run, draw, report
from benchmarks.search.tables import TABLES, Task, load_tasks

BUDGETS = (3, 5, 10, 20, 50)
PORTFOLIO = 8
"""Entries of a learned portfolio."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        runs = list(_runs(options))
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    print(report(runs))
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in runs], indent=1))
    if options.plot:
        draw(runs, options.plot)
    return 0


def replay(game: Game, method: str, workers: int, budgets: Sequence[int]) -> Run:
    """Let a method search a task.

    Args:
        game: task, seed, budget and portfolio.
        method: one of ``METHODS``.
        workers: trainings that run at once, in the table's own time.
        budgets: full trainings after which the best is noted.
    """
    task, epochs = game.task, game.task.space.epochs
    seen = _Seen(task, game.seed, epochs * max(budgets))
    player = METHODS[method](game)
    now, free = 0.0, list(range(workers))
    queue: list[tuple[float, int, Segment]] = []
    while not seen.over:
        for worker in tuple(free):
            segment = player.next(worker)
            if segment is None:
                continue
            free.remove(worker)
            length = (segment.end - segment.begin) * task.seconds(segment.configuration)
            heapq.heappush(queue, (now + length, worker, segment))
        if not queue:
            break
        now, worker, segment = heapq.heappop(queue)
        player.done(worker, segment, seen.train(segment))
        free.append(worker)
    return Run(
        table=task.table,
        task=task.name,
        method=method,
        workers=workers,
        seed=game.seed,
        regrets={budget: task.regret(seen.true_at(budget * epochs)) for budget in budgets},
        losses={budget: seen.loss_at(budget * epochs) for budget in budgets},
    )


class _Seen:
    """The trainings of one replay, and the best loss after each epoch of them."""

    def __init__(self, task: Task, seed: int, most: int) -> None:
        self._task, self._seed, self._most = task, seed, most
        self._curves: dict[int, np.ndarray] = {}
        self._taken: set[int] = set()
        self._best, self._best_true = float("inf"), float("inf")
        self._losses: list[float] = []
        self._true: list[float] = []

    @property
    def over(self) -> bool:
        """Whether the budget is used."""
        return len(self._losses) >= self._most

    def train(self, segment: Segment) -> np.ndarray:
        """Return the losses up to the segment's end; its own epochs are paid for."""
        if segment.number not in self._curves:
            rng = np.random.default_rng(derive(self._seed, "noise", segment.number))
            self._curves[segment.number] = self._task.curve(segment.configuration, rng, self._taken)
        losses = self._curves[segment.number][: segment.end]
        for loss in losses[segment.begin :]:
            if loss < self._best:
                self._best = float(loss)
                self._best_true = self._task.true_loss(segment.configuration, self._best)
            self._losses.append(self._best)
            self._true.append(self._best_true)
        return losses

    def loss_at(self, epochs: int) -> float:
        """The smallest loss within so many epochs."""
        return self._losses[min(epochs, len(self._losses)) - 1]

    def true_at(self, epochs: int) -> float:
        """The noiseless loss of the configuration that looked best within so many epochs."""
        return self._true[min(epochs, len(self._true)) - 1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of tables")
    parser.add_argument("--tables", default=",".join(TABLES), help="which tables, separated by commas")
    parser.add_argument("--methods", default=",".join(METHODS), help="which methods, separated by commas")
    parser.add_argument("--seeds", type=int, default=20, help="replays per task and method: 20")
    parser.add_argument("--workers", default="1", help="simulated workers, several separated by commas: 1")
    budgets = ",".join(map(str, BUDGETS))
    parser.add_argument("--trainings", default=budgets, help=f"budgets in full trainings: {budgets}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every replay here")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw the regrets, as HTML")
    return parser


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One replay that is to be made; plain, so that another process can make it."""

    data: Path
    table: str
    task: str
    method: str
    workers: int
    seed: int
    budgets: tuple[int, ...]


def _runs(options: argparse.Namespace) -> Iterator[Run]:
    orders = list(_orders(options))
    with ProcessPoolExecutor(max_workers=os.cpu_count(), initializer=_quiet) as pool:
        for number, run in enumerate(pool.map(_ordered, orders, chunksize=4), start=1):
            _tell(number, len(orders))
            yield run


def _orders(options: argparse.Namespace) -> Iterator[_Order]:
    methods = names_of(options.methods, METHODS, "method")
    budgets = tuple(numbers_of(options.trainings, "trainings"))
    for table in names_of(options.tables, TABLES, "table"):
        for task in load_tasks(options.data, table):
            for method in methods:
                for workers in numbers_of(options.workers, "workers"):
                    for seed in range(options.seeds):
                        games = [(item,) for item in budgets] if method in BY_BUDGET else [budgets]
                        for game in games:
                            yield _Order(
                                data=options.data,
                                table=table,
                                task=task.name,
                                method=method,
                                workers=workers,
                                seed=seed,
                                budgets=game,
                            )


def _ordered(order: _Order) -> Run:
    tasks = _tasks(order.data, order.table)
    game = Game(
        task=tasks[order.task],
        seed=order.seed,
        trainings=max(order.budgets),
        portfolio=_portfolio(order.data, order.table, order.task) if "portfolio" in order.method else (),
    )
    return replay(game, order.method, order.workers, order.budgets)


def _tell(number: int, count: int) -> None:
    if number % max(count // 20, 1) == 0 or number == count:
        print(f"{number} of {count} replays", file=sys.stderr, flush=True)


def _quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)


@lru_cache(maxsize=8)
def _tasks(data: Path, table: str) -> Mapping[str, Task]:
    return {task.name: task for task in load_tasks(data, table)}


@lru_cache(maxsize=64)
def _portfolio(data: Path, table: str, left_out: str) -> Sequence[Configuration]:
    """The best settings on the other tasks; nothing where there is no other."""
    matrix = _matrix(data, table)
    others = [regrets for name, regrets in matrix.items() if name != left_out]
    pool = next(iter(_tasks(data, table).values())).pool()
    if not others or any(len(row) != len(pool) for row in others):
        return ()
    return [pool[place] for place in greedy(np.stack(others), PORTFOLIO)]


@lru_cache(maxsize=8)
def _matrix(data: Path, table: str) -> Mapping[str, np.ndarray]:
    """Per task the regret of each setting of its pool at the best epoch of a full training."""
    rng = np.random.default_rng(0)
    return {
        name: np.array(
            [task.regret(float(np.nanmin(task.curve(item, rng, set())))) for item in task.pool()]
        )
        for name, task in _tasks(data, table).items()
    }


if __name__ == "__main__":
    sys.exit(main())
