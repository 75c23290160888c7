"""Quality of searches at a fixed time on real data, beside peers.

    python -m benchmarks.quality --data DIR [--sets tables,adult] [--time 2m] [--json FILE]

For every set of the folder one ``automl search``, as a user types it, and one score of the exported model
on the test part. With ``--json FILE`` each result is kept as it is made, and what stands there is not
repeated: an aborted run goes on, other seeds, builds and peers are added.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from automl.core.amounts import parse_time
from automl.core.errors import AutomlError
from benchmarks.arguments import names_of
from benchmarks.quality.peers import PEERS
from benchmarks.quality.report import report
from benchmarks.quality.run import OTHER, OURS, Build, Plan, Run, run_all
from benchmarks.quality.sets import choose, find_sets


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        sets = choose(find_sets(options.data.resolve()), options.sets)
        plan = _plan(options)
        runs = run_all(plan, sets, options.json, lambda run: print(_line(run), file=sys.stderr, flush=True))
        limits = {item.name: plan.limit(item) for item in sets}
        shown = [run for run in runs if run.limit in (0.0, limits.get(run.name))]
        sides = list(dict.fromkeys([OURS, *(build.side for build in plan.builds), *_sides(shown)]))
        print(report(sets, shown, sides))
    except AutomlError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    more = tuple(shlex.split(options.options))
    builds = [Build(side=" ".join([OURS, *more]), python=sys.executable, options=more)]
    builds += [Build(side=OTHER, python=options.build)] if options.build else []
    return Plan(
        builds=builds,
        peers=names_of(options.peers, PEERS, "peer") if options.peers else (),
        seed=options.seed,
        seconds=None if options.time is None else parse_time(options.time),
        jobs=options.jobs,
    )


def _sides(runs: Sequence[Run]) -> list[str]:
    """Searches of earlier calls, with other options or of another build."""
    return [run.side for run in runs if run.limit > 0]


def _line(run: Run) -> str:
    told = ", ".join(f"{name} {value:.5g}" for name, value in run.scores.items())
    return f"{run.name}, {run.side}, seed {run.seed}, {run.seconds:.0f} s: {run.failed or told}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description=(__doc__ or "").partition("\n")[0]
    )
    default = ",".join(name for name, peer in PEERS.items() if peer.default)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of data sets")
    parser.add_argument("--sets", help="data sets or groups of them, separated by commas: all")
    parser.add_argument("--time", help="of each search, such as 30s: as the set says, 2 to 6 minutes")
    parser.add_argument("--seed", type=int, default=0, help="of searches and peers: 0")
    parser.add_argument(
        "--build",
        metavar="PYTHON",
        help="interpreter of another build of automl, in turns with this one",
    )
    parser.add_argument("--options", default="", help="more options of our searches, such as '--folds 1'")
    parser.add_argument(
        "--peers", default=default, help=f"run side by side, of {', '.join(PEERS)}: {default}"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep all results here, and go on from it"
    )
    parser.add_argument("--jobs", type=Path, metavar="DIR", help="keep the job folders here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
