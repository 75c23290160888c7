"""Operations carried out in an MLflow store, by the client API with explicit run ids."""

from __future__ import annotations

import getpass
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT, MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME

from automl.core.pages import whole_page
from automl.tracking import registration
from automl.tracking.creation import create
from automl.tracking.description import safe_name
from automl.tracking.location import artifact_root, is_server
from automl.tracking.operation import PENDING, Operation
from automl.tracking.schema import SilentError, check_schema
from automl.tracking.store import KeptRun, temporary

KEY_TAG = "automl.key"

KIND_TAG = "mlflow.experimentKind"
"""Tells MLflow's pages to open an experiment for model training, not for language-model traces."""
BATCH = {"metrics": 800, "params": 100, "tags": 100}
"""Most of each in one request, of which MLflow takes 1,000 things in all."""
PERMANENT = (
    "INVALID_PARAMETER_VALUE",
    "RESOURCE_DOES_NOT_EXIST",
    "RESOURCE_ALREADY_EXISTS",
    "RESOURCE_CONFLICT",
    "BAD_REQUEST",
    "INVALID_STATE",
    "MALFORMED_REQUEST",
    "NOT_IMPLEMENTED",
)


class Delivery:
    """Carries operations out in one store, in this process; see ``Store``.

    Args:
        uri: absolute tracking URI.
        session: names the life of this object; a new name by default.
        experiment: id of the experiment, where one was opened before.
    """

    def __init__(self, uri: str, *, session: str = "", experiment: str = "") -> None:
        self.session = session or uuid.uuid4().hex
        self.experiment = experiment
        self.model_uri = ""
        self._uri = uri
        self._runs: dict[str, str] = {}
        self._tried: set[str] = set()

    @cached_property
    def client(self) -> MlflowClient:
        """The client; a database is created or checked when it is first asked for."""
        create(self._uri)
        check_schema(self._uri)
        return MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)

    def open_experiment(self, name: str) -> str:
        """Find or create the experiment; returns its name, numbered where a deleted one has it."""
        number, free = 1, name
        while (found := self._answered(free)).lifecycle_stage != "active":
            number += 1
            free = f"{name}-{number}"
        self.experiment = found.experiment_id
        return free

    def deliver(self, operations: Sequence[Operation]) -> Iterator[None]:
        """Carry operations out in order, yielding after each; doing one again changes nothing."""
        return map(self._carry_out, operations)

    def resolve(self, run: str) -> str:
        """Return the store's id of a run; of a provisional id, that of the run created for it, or ""."""
        if run.startswith(PENDING) and run not in self._runs:
            found = next(self._search(f"tags.`{KEY_TAG}` = '{run}'"), None)
            if found is None:
                return ""
            self._runs[run] = found.info.run_id
        return self.known(run)

    def known(self, run: str) -> str:
        """Return the store's id of a run when it is known by now, else the id itself; asks nothing."""
        return self._runs.get(run, run)

    def adopt(self, run: str) -> KeptRun | None:
        """Look a run up and go on in its experiment; None where it is not."""
        try:
            found = self.client.get_run(self._find(run))
        except MlflowException as error:
            if self.temporary(error):
                raise
            return None
        self.experiment = found.info.experiment_id
        return _kept(found)

    def children(self, parent: str) -> list[KeptRun]:
        """Return the runs of the parent's trials, those that somebody has deleted among them."""
        found = self._search(f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent}'", ViewType.ALL)
        return [_kept(run) for run in found]

    def answers(self) -> bool:
        """Whether the store answers."""
        try:
            self.client.get_experiment(self.experiment or "0")
        except Exception as error:
            return not self.temporary(error)
        return True

    def temporary(self, error: Exception) -> bool:
        """Whether an error says that the store is away, rather than that it refuses what was sent."""
        if isinstance(error, MlflowException):
            return error.error_code not in PERMANENT
        return isinstance(error, SilentError) or temporary(error)

    def prepare(self) -> None:
        """Create or check the data base of a local store, which takes seconds, ahead of the first request.

        What goes wrong is told by that.
        """
        with suppress(Exception):
            if not is_server(self._uri):
                self.client.search_experiments(max_results=1)

    def close(self) -> None:
        """Nothing is held between two requests."""

    def _carry_out(self, operation: Operation) -> None:
        if operation.kind == "create":
            self._create(operation)
        else:
            getattr(self, f"_{operation.kind}")(self._find(operation.run), operation.content)

    def _find(self, run: str) -> str:
        if found := self.resolve(run):
            return found
        raise MlflowException.invalid_parameter_value(f"run {run} was never created")

    def _answered(self, name: str) -> Any:
        """The experiment; what answers anything with an empty object would name no active one, for ever."""
        found = self._experiment(name)
        if not getattr(found, "experiment_id", ""):
            raise MlflowException.invalid_parameter_value(
                "what answers there tells of no experiment, so it is no MLflow server."
            )
        return found

    def _experiment(self, name: str) -> Any:
        root = artifact_root(self._uri)
        place = None if root is None else f"{root}/{safe_name(name)}"
        if found := self.client.get_experiment_by_name(name):
            return found
        try:
            return self.client.get_experiment(
                self.client.create_experiment(name, place, tags={KIND_TAG: "custom_model_development"})
            )
        except MlflowException as error:
            # another job may have created it in between
            if error.error_code == "RESOURCE_ALREADY_EXISTS":
                return self.client.get_experiment_by_name(name)
            raise

    def _search(self, condition: str, view: int = ViewType.ACTIVE_ONLY) -> Iterator[Run]:
        token: str | None = None
        while True:
            page = self.client.search_runs(
                [self.experiment],
                filter_string=condition,
                run_view_type=view,
                max_results=1000,
                page_token=token,
            )
            yield from page
            token = page.token
            if not token:
                return

    def _create(self, operation: Operation) -> None:
        key, content = operation.run, operation.content
        seen = key in self._tried or content["session"] != self.session
        self._tried.add(key)
        if seen and (found := next(self._search(f"tags.`{KEY_TAG}` = '{key}'"), None)):
            self._runs[key] = found.info.run_id
            self._batch(found.info.run_id, {"tags": content["tags"].items()})  # more may be known by now
            return
        tags = {**content["tags"], KEY_TAG: key, MLFLOW_RUN_NAME: content["name"], **_source()}
        if content["parent"]:
            tags[MLFLOW_PARENT_RUN_ID] = self._find(content["parent"])
        run = self.client.create_run(self.experiment, start_time=content["start"], tags=tags)
        self._runs[key] = run.info.run_id

    def _reopen(self, run: str, content: Mapping[str, Any]) -> None:
        self.client.update_run(run, status="RUNNING")

    def _batch(self, run: str, content: Mapping[str, Any]) -> None:
        parts = [_chunks(content.get(name, ()), size) for name, size in BATCH.items()]
        for metrics, params, tags in zip_longest(*parts, fillvalue=()):
            self.client.log_batch(
                run,
                metrics=[Metric(*metric) for metric in metrics],
                params=[Param(*param) for param in params],
                tags=[RunTag(*tag) for tag in tags],
            )

    def _inputs(self, run: str, content: Mapping[str, Any]) -> None:
        tag = InputTag(MLFLOW_DATASET_CONTEXT, "training")
        inputs = [DatasetInput(dataset=Dataset(**content), tags=[tag])]
        try:
            self.client.log_inputs(run, inputs)
        except MlflowException:
            # two jobs that name the same data set at once: the second finds it when it asks again
            self.client.log_inputs(run, inputs)

    def _text(self, run: str, content: Mapping[str, Any]) -> None:
        self.client.log_text(run, content["text"], content["path"])

    def _files(self, run: str, content: Mapping[str, Any]) -> None:
        for path in content["paths"]:
            file = Path(path)
            if not file.is_file():
                continue
            if file.suffix == ".html":
                # MLflow shows a page alone, where it cannot load a library from beside it
                name = f"{content['folder']}/{file.name}".lstrip("/")
                self.client.log_text(run, whole_page(file), name)
            else:
                self.client.log_artifact(run, path, content["folder"] or None)

    def _model(self, run: str, content: Mapping[str, Any]) -> None:
        members = {self._find(member): weight for member, weight in content["members"].items()}
        self.model_uri = registration.register(self.client, self.experiment, run, members, content)

    def _end(self, run: str, content: Mapping[str, Any]) -> None:
        self.client.set_terminated(run, status=content["status"], end_time=content["time"])


def _kept(run: Run) -> KeptRun:
    return KeptRun(
        id=run.info.run_id,
        running=run.info.status == "RUNNING",
        deleted=run.info.lifecycle_stage != "active",
        params=run.data.params,
        tags=run.data.tags,
        metrics=run.data.metrics,
        steps={metric.key: metric.step for metric in run.data.to_proto().metrics},
    )


def _chunks(items: Any, size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _source() -> dict[str, str]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        # a container may run under a number without a name
        user = "unknown"
    return {"mlflow.user": user, "mlflow.source.name": "automl", "mlflow.source.type": "LOCAL"}
