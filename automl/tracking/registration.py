"""The winner as an MLflow model: saved on disk first, then logged and registered, in any later session."""

from __future__ import annotations

import json
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow import MlflowClient, pyfunc
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import AnyType
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from automl.core.errors import DiskFullError
from automl.core.files import whole, whole_folder, write_whole
from automl.core.specs import label_of
from automl.tracking import served_model
from automl.tracking.location import is_server
from automl.tracking.operation import now
from automl.tracking.tracker import ModelRecord

ALIAS = "champion"
MODEL_NAME = "model"
MEMBERS = "automl.members"
"""The tag that tells the weights of several members, by their runs, as JSON."""
_MODEL_NOTE = (
    "Winners of searches by automl, one version per search; the alias `champion` is the newest. Load it "
    "with `mlflow.pyfunc.load_model`; it takes raw examples. Each version describes its search."
)
FAILURES = (DiskFullError, MlflowException, OSError, TypeError, ValueError)
"""What may go wrong when a winner is saved."""

PACKAGES = ("automl-keras", "keras", "tensorflow", "numpy", "pandas", "scikit-learn")


def save(model: ModelRecord, folder: Path) -> Path:
    """Write the winner as an MLflow model with signature and input example.

    Args:
        model: the winner.
        folder: where to write; an earlier content is replaced.

    Returns:
        the folder.
    """
    data = folder.with_suffix(".data")
    _gather(model.folder, data)
    write_whole(data / served_model.SERVING, json.dumps({"lenient": model.lenient}))
    try:
        with _quiet(), whole_folder(folder) as draft:
            pyfunc.save_model(
                path=str(draft),
                loader_module=served_model.__name__,
                data_path=str(data),
                signature=signature(
                    model.example, model.prediction, lenient=model.lenient, untyped=model.untyped
                ),
                input_example=_plain(model.example),
                pip_requirements=requirements(model.packages),
                metadata=_column_types(model.example),
            )
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return folder


def register(
    client: MlflowClient,
    experiment: str,
    run: str,
    members: Mapping[str, float],
    content: Mapping[str, Any],
) -> str:
    """Log the saved model, register it and make it the champion.

    Args:
        client: the store.
        experiment: id of the job's experiment.
        run: the job's run.
        members: weights by the runs of the trials that made the model; it is the job's own where they are
            several, or none.
        content: ``folder`` of the saved model, registered ``name``, ``metrics``, ``tags``.

    Returns:
        ``models:/<name>/<version>``.
    """
    maker = next(iter(members)) if len(members) == 1 else run
    tags = {**content["tags"], **({MEMBERS: json.dumps(members)} if len(members) > 1 else {})}
    logged = client.create_logged_model(
        experiment, name=MODEL_NAME, source_run_id=maker, tags=tags, model_type="keras"
    )
    _stamp(Path(content["folder"]), logged, maker)
    client.log_model_artifacts(logged.model_id, content["folder"])
    client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    for owner in dict.fromkeys((run, *members)):
        client.log_outputs(owner, [LoggedModelOutput(logged.model_id, step=0)])
    client.log_batch(run, metrics=_model_metrics(logged.model_id, run, content["metrics"]))
    version = _new_version(client, logged, maker, {**content, "tags": tags})
    shutil.rmtree(content["folder"], ignore_errors=True)
    return f"models:/{content['name']}/{version}"


def signature(
    example: Any, prediction: Any, *, lenient: bool = False, untyped: Collection[str] = ()
) -> ModelSignature | None:
    """Return the signature of raw examples and predictions, or None where MLflow has no type for them.

    Args:
        example: raw examples.
        prediction: what the model answers to them.
        lenient: leave the types of columns open, so that MLflow refuses no cell.
        untyped: columns of which the types are left open in any case.
    """

    def input_type(column: pd.Series[Any]) -> DataType | AnyType:
        return AnyType() if lenient or column.name in untyped else _input_type(column)

    inputs = _schema(example, input_type)
    outputs = _schema(prediction, _output_type)
    return None if inputs is None else ModelSignature(inputs=inputs, outputs=outputs)


def requirements(further: Collection[str] = ()) -> list[str]:
    """Return the pinned packages that serve the model, without MLflow's slow guess by a subprocess.

    Args:
        further: packages that this model needs, too.
    """
    found = []
    for package in (*PACKAGES, *further):
        try:
            found.append(f"{package}=={metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def _gather(job: Path, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for name in served_model.JOB_FILES:
        if (job / name).is_file():
            _link(job / name, data / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # not every file system has hard links
        shutil.copyfile(source, target)


def _stamp(folder: Path, logged: Any, run: str) -> None:
    """Write into the saved model which logged model and run it is."""
    model = Model.load(str(folder))
    model.model_id = model.model_uuid = logged.model_id
    model.run_id = run
    model.artifact_path = logged.artifact_location
    with whole(folder / "MLmodel") as draft:
        model.save(str(draft))


def _model_metrics(model_id: str, run: str, metrics: Mapping[str, float]) -> list[Metric]:
    return [
        Metric(label_of(key), value, now(), 0, model_id=model_id, run_id=run)
        for key, value in metrics.items()
    ]


def _new_version(client: MlflowClient, logged: Any, run: str, content: Mapping[str, Any]) -> str:
    name = content["name"]
    # a database's registry looks logged models up in MLflow's global store, which need not be this one
    source = f"models:/{logged.model_id}" if is_server(client.tracking_uri) else logged.artifact_location
    try:
        client.create_registered_model(name, description=_MODEL_NOTE)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    version = client.create_model_version(
        name,
        source=source,
        run_id=run,
        model_id=logged.model_id,
        tags=content["tags"],
        # none from a session of an earlier version, which may still wait in the spool
        description=content.get("description"),
        await_creation_for=0,
    )
    client.set_registered_model_alias(name, ALIAS, version.version)
    versions = [{"name": name, "version": version.version}]
    # the run's page finds its registered models by this tag
    client.set_logged_model_tags(logged.model_id, {MLFLOW_MODEL_VERSIONS: json.dumps(versions)})
    return str(version.version)


def _schema(value: Any, type_of: Callable[[pd.Series[Any]], DataType | AnyType]) -> Schema | None:
    if isinstance(value, pd.DataFrame):
        columns = [(str(name), type_of(value[name])) for name in value.columns]
        return Schema([ColSpec(kind, name, required=False) for name, kind in columns])
    if isinstance(value, Mapping):
        arrays = {name: np.asarray(array) for name, array in value.items()}
        return Schema([_tensor(array, name) for name, array in arrays.items()])
    if isinstance(value, np.ndarray):
        return Schema([_tensor(value, None)])
    return None


def _input_type(column: pd.Series[Any]) -> DataType | AnyType:
    """Types under which no cell is changed: MLflow's server cuts 38.5 to 38 for a ``long``, refuses a gap
    in one, and makes False of a gap in a ``boolean``.
    """
    whole = getattr(column.dtype, "kind", "O") in "iub"
    if whole or pd.api.types.infer_dtype(column, skipna=True) == "boolean":
        return AnyType()
    return _output_type(column)


def _output_type(column: pd.Series[Any]) -> DataType:
    kinds = {
        "i": DataType.long,
        "u": DataType.long,
        "f": DataType.double,
        "b": DataType.boolean,
        "M": DataType.datetime,
    }
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    return kinds.get(getattr(values.dtype, "kind", "O"), DataType.string)


def _tensor(array: np.ndarray, name: str | None) -> TensorSpec:
    kind = np.dtype(str) if array.dtype.kind in "OSU" else array.dtype
    return TensorSpec(kind, (-1, *array.shape[1:]), name)


def _plain(example: Any) -> Any:
    if isinstance(example, pd.DataFrame):
        return example.head(5)
    if isinstance(example, Mapping):
        return {name: _typed_texts(np.asarray(array)[:2]) for name, array in example.items()}
    return _typed_texts(example[:2]) if isinstance(example, np.ndarray) else None


def _typed_texts(array: np.ndarray) -> np.ndarray:
    """Texts in NumPy's own type for them: MLflow takes no array of objects for a tensor of texts."""
    return array.astype(str) if array.dtype.kind == "O" else array


def _column_types(example: Any) -> dict[str, Any]:
    if not isinstance(example, pd.DataFrame):
        return {}
    return {"columns": {str(name): str(kind) for name, kind in list(example.dtypes.items())[:1000]}}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's advice on examples and requirements from the user's terminal."""
    logger = logging.getLogger("mlflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
