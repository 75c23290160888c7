"""Workers on a Ray cluster that loses a node, and what is said without Ray."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from automl.core.errors import ConfigError, MissingDependencyError, SearchError
from automl.execution.board import BoardCrew
from automl.execution.executor import Task
from automl.execution.ray_cluster import SHORT_LIVES, RayCrew, keep_running
from tests.execution.boards import ROOT, opened_ray


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingDependencyError, match=r"automl-keras\[ray\]"):
        RayCrew(BoardCrew(tmp_path / "board"), slots=1, command=lambda name: [])


def test_a_cluster_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="ray start --head"):
        RayCrew(BoardCrew(tmp_path / "board"), slots=1, command=lambda name: [], address="127.0.0.1:1")


@pytest.mark.parametrize(("code", "starts"), [(3, SHORT_LIVES), (2, 1)])
def test_a_worker_that_keeps_crashing_or_cannot_work_is_not_started_for_ever(tmp_path, code, starts):
    log = tmp_path / "starts"
    crash = f"open({str(log)!r}, 'a').write('.'); print('no data'); raise SystemExit({code})"

    reason = keep_running([sys.executable, "-c", f"import sys; sys.stdout = sys.stderr; {crash}"])

    assert reason == f"it ended with exit code {code} and this output: no data"
    assert log.read_text() == "." * starts


def test_a_search_without_any_worker_left_ends_with_the_reason(tmp_path):
    with (
        opened_ray(tmp_path, lacks="no such data here") as executor,
        pytest.raises(SearchError, match=r"No worker is left on the Ray cluster: .* no such data here"),
    ):
        list(executor.run(task_zero(), lambda task, message: "", lambda: False))


def task_zero():
    waiting = [Task(number=0, payload={"number": 0})]
    return lambda: waiting.pop() if waiting else None


LISTENING = """
import sys
from pathlib import Path
import psutil
from tests.execution.boards import opened_ray

with opened_ray(Path(sys.argv[1]), slots=1):
    ours = {process.pid for process in psutil.Process().children(recursive=True)} | {psutil.Process().pid}
    for line in psutil.net_connections("inet"):
        if line.status == psutil.CONN_LISTEN and line.pid in ours:
            print(line.laddr.ip.removeprefix("::ffff:"))
"""


def test_a_ray_of_our_own_listens_to_this_machine_alone(tmp_path):
    code = [sys.executable, "-c", LISTENING, str(tmp_path)]

    said = subprocess.run(code, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()

    assert len(said) > 2
    assert set(said) == {"127.0.0.1"}


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
