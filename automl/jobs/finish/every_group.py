"""Networks trained on all examples join those of folds, where each of these lacks whole groups.

With four speakers, the network of a fold has heard three, and does worse on a fifth than one that has heard
all four.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from automl.core.seeds import derive
from automl.jobs.finish.alone import is_time_for, values_on_all
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.jobs.session import Session

NETWORKS = 2
"""Trained on all examples for each member at most, where the time allows; chosen."""


def with_every_group(session: Session, winner: TrainedWinner) -> TrainedWinner:
    """Return a winner whose members have networks trained on all examples beside those of folds.

    The heaviest member comes first, and again when all have one, as long as there is time. What they are
    worth is told out of fold, by the networks of the folds alone.

    Args:
        session: the job.
        winner: of networks of folds.
    """
    members = [
        replace(member, outputs=member.held_out(winner.prepared, winner.parts)) for member in winner.members
    ]
    trained = 0
    for network in range(NETWORKS):
        for place, member in enumerate(members):
            if not is_time_for(session, member):
                continue
            seed = derive(session.config.seed, "all groups", network, place)
            members[place] = _with_network(member, values_on_all(session, member, seed=seed))
            trained += 1
    session.progress.note(_told(session, trained))
    return replace(winner, members=tuple(members))


def _with_network(member: TrainedMember, values: tuple[np.ndarray, ...]) -> TrainedMember:
    """A member with one more network."""
    folds = [
        np.concatenate([known, value[None]]) for known, value in zip(member.folds, values, strict=True)
    ]
    return replace(member, folds=tuple(folds))


def _told(session: Session, trained: int) -> str:
    lacking = "The network of each fold lacks some of the few groups"
    if not trained:
        return f"{lacking}, and no time was left to train one on all of them: give the search more time."
    networks = "1 network" if trained == 1 else f"{trained} networks"
    return f"{lacking}: {networks} trained on all of them joined the model."
