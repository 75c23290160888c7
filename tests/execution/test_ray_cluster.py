"""Workers on a Ray cluster that loses a node, and what is said without Ray."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from automl.core.errors import ConfigError, MissingDependencyError
from automl.execution.board import BoardCrew
from automl.execution.executor import Task
from automl.execution.ray_cluster import SHORT_LIVES, RayCrew, keep_running
from tests.execution.boards import opened_ray


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingDependencyError, match=r"automl-keras\[ray\]"):
        RayCrew(BoardCrew(tmp_path / "board"), slots=1, command=lambda name: [])


def test_a_cluster_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="ray start --head"):
        RayCrew(BoardCrew(tmp_path / "board"), slots=1, command=lambda name: [], address="127.0.0.1:1")


def test_a_worker_that_keeps_crashing_is_not_started_for_ever():
    crash = [sys.executable, "-c", "raise SystemExit(3)"]

    began = time.monotonic()
    code = keep_running(crash)

    assert (code, SHORT_LIVES) == (3, 3)
    assert time.monotonic() - began < 60


@pytest.mark.slow
def test_a_search_outlives_the_loss_of_one_of_three_nodes(tmp_path):
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    ray.init(address=cluster.address, log_to_driver=False)
    payloads = [{"number": n, "steps": 6, "seconds": 0.3} for n in range(30)]
    try:
        with opened_ray(tmp_path, slots=3, lost_seconds=10.0) as executor:
            threading.Thread(target=lambda: lose(cluster, nodes[0], tmp_path)).start()
            waiting = [Task(number=payload["number"], payload=payload) for payload in payloads]
            ended = list(
                executor.run(
                    lambda: waiting.pop(0) if waiting else None, lambda task, message: "", lambda: False
                )
            )
    finally:
        ray.shutdown()
        cluster.shutdown()

    assert sorted(item.task.number for item in ended) == list(range(30))
    assert all(item.result["steps"] == 6 and not item.lost for item in ended)


def lose(cluster, node, folder):
    """Take a node away, without a word, once its worker trains."""
    while len(list(folder.glob("*.done"))) < 6:
        time.sleep(0.1)
    cluster.remove_node(node, allow_graceful=False)
