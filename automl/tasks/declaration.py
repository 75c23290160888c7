"""What is known about a task before any data is read or framework loaded: its declaration.

Code asks a declaration for properties and never for its name, so that a new task is just another record in
the catalog.
"""

from __future__ import annotations

from dataclasses import dataclass

from automl.metrics.metric import Metric, NumberedMetric

LABEL, FLAGS, AMOUNT, STEPS, SEVERAL = "label", "flags", "amount", "steps", "several"
CONTINUATION = "continuation"
"""Kinds of targets: one class of several; yes or no in each column; numbers; the next steps of a series;
columns that each are a target of their own; the next token at each place of a text."""

CLASS_MAP = "class_map"
"""Kind of targets: the class of each pixel of a picture."""

NORMALITY = "normality"
"""The kind of targets that say which rows are normal, as far as that is known; there may be none."""

BOXES = "boxes"
"""The kind of targets that are boxes with labels, any number of them in a picture; see ``core.boxes``."""

TRANSCRIPT = "transcript"
"""Kind of targets: what is said in a recording, as text of any length."""

IDENTITY = "identity"
"""Kind of targets: who or what an example shows, such as a person. Others than those of training are met
later, so each validates or trains with all of its examples."""

ITEM_SET = "item_set"
"""Kind of targets: items that a user has dealt with, of which some are held out."""

BY_CLASS, BY_TIME, AT_RANDOM, BY_IDENTITY = "by class", "by time", "at random", "by identity"
"""How examples are split: each class with its share on both sides; the last validate; blindly; each
identity on one side."""


@dataclass(frozen=True, kw_only=True)
class TargetFacts:
    """What reading the targets showed.

    Attributes:
        kind: kind of the targets, such as ``label``.
        classes: number of different labels, 0 where they are none.
    """

    kind: str
    classes: int = 0


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is measured by default on certain targets, in place of the task's first metric.

    Attributes:
        metric: one of the task's.
        note: tells the user why.
    """

    metric: Metric
    note: str


@dataclass(frozen=True, kw_only=True)
class TaskDeclaration:
    """A kind of task, declared as data.

    Attributes:
        name: as users write it.
        words: what users are told it is.
        module: where its functions ``fit`` and ``restore`` are; loaded when a task is fitted.
        metrics: what it measures; the first is what a search optimises unless told otherwise.
        further: what it measures only where that is asked for, or where the data call for it.
        compares_groups: whether it measures how alike protected groups are treated; see ``tasks.fairness``.
        unlabelled: whether it can do without targets.
        priced: whether its mistakes may have costs; see ``tasks.task.Decides``.
        targets: kind of its targets: a name in ``data.target_kinds.catalog``, or the place
            (``module:attribute``) of a kind that comes with the task.
        classes: how many classes it has; None where that is left to the data.
        needs: features that its head can stand on, the best first; see ``automl.models.family``.
        further_needs: the same of further heads, which stand on features of their own.
        over: of a task over several targets, the place of what gives its declaration from those of the
            targets' tasks; see ``catalog.declared``.
        split: how examples are split, where users name no time and no group.
        probabilities: whether predictions are probabilities, which need no unit; of a task over several
            targets each target's task says it, see ``catalog.gives_probabilities``.
        blend: place of what makes one of the predictions of several models, called with a list of them and
            with weights that sum to 1, as ``tasks.blending.weighted_mean`` is.
        plots: places (``module:attribute``) of what draws the winner on the validation part.
        evidence: place of what shows predictions in a report, called with ``tasks.shown.Shown``; empty for
            nothing.
        parameters: search space of its options, written as ``parameters`` of a family's YAML. Every family
            that is searched for the task has them; one whose YAML names such a parameter keeps its own.
        heads: names of the layers at the end of a model, which some optimizers treat by themselves.
        traits: place of what tells traits of raw targets, called with them by name; see ``tasks.traits``.
        usual: place of what gives the default metric of raw targets, called with them by name: a ``Usual``,
            or None for the first of ``metrics``.
        writes: place of what turns columns of predictions that are no cells of a table, such as masks, into
            files, called with the table, a folder and the description of the fitted task; it returns the
            table with the files' names. Empty where a table holds all there is.
        calibration: place of a ``tasks.calibration.Calibration``, which makes probabilities more or less
            certain; empty where predictions are none.
        compares: whether answers are compared with each other, such as vectors of two pictures, and so have
            to come from one network: with folds the scorer hears of each fold as a group.
        training_outputs: raw outputs that the loss alone reads; the exported model is made without them.
        operating: place of what chooses thresholds on examples that were not trained on, called with
            encoded targets and predictions by name, and with groups or None; the result keeps what it
            gives (JSON). Empty for none.
        fine: whether its answers are told too finely for a model with weights of 8 bits, as corners of
            boxes are: none was measured that kept them.
        lists: of a task that answers with a list of items for each example, such as the boxes in a picture,
            what it says of each; empty for any other. Items come in the order of their scores, so rounding
            may swap two of them.
        coverage: place of a ``tasks.conformal.kept.Conformal``, which tells intervals or sets that hold the
            truth at a chosen rate; empty where there is none.
        recommends: whether it is asked of users and items, and so of tables of who has dealt with what.
        made_for: the command for what such a model is made for beside predictions of examples, with
            ``{folder}`` for the job's; empty for none.
    """

    name: str
    words: str
    module: str
    metrics: tuple[Metric, ...]
    targets: str
    classes: int | None = None
    needs: tuple[str, ...] = ("vector",)
    split: str = AT_RANDOM
    probabilities: bool = False
    blend: str = "automl.tasks.blending:weighted_mean"
    plots: tuple[str, ...] = ()
    evidence: str = ""
    parameters: str = ""
    heads: tuple[str, ...] = ()
    traits: str = ""
    usual: str = ""
    writes: str = ""
    calibration: str = ""
    fine: bool = False
    lists: tuple[str, ...] = ()
    compares: bool = False
    training_outputs: tuple[str, ...] = ()
    operating: str = ""
    further: tuple[Metric | NumberedMetric, ...] = ()
    priced: bool = False
    compares_groups: bool = False
    unlabelled: bool = False
    coverage: str = ""
    recommends: bool = False
    made_for: str = ""
    further_needs: tuple[tuple[str, ...], ...] = ()
    over: str = ""

    @property
    def each_need(self) -> tuple[tuple[str, ...], ...]:
        """The needs of all heads; those that need the same share a feature."""
        return (self.needs, *self.further_needs)

    @property
    def default_metric(self) -> Metric:
        """What a search optimises unless told otherwise."""
        return self.metrics[0]

    @property
    def forecasts(self) -> bool:
        """Whether it asks for the next steps of a series, of which each example is a window."""
        return self.targets == STEPS

    @property
    def continues(self) -> bool:
        """Whether it asks what follows in a running text, of which each example is a window."""
        return self.targets == CONTINUATION

    @property
    def ranks(self) -> bool:
        """Whether it asks which items suit a user, of whom each example tells some."""
        return self.targets == ITEM_SET

    @property
    def classifies(self) -> bool:
        """Whether each example has one class, of those that the training part shows."""
        return self.targets == LABEL

    @property
    def names(self) -> bool:
        """Whether each example has one name: that of its class, or of who or what it shows."""
        return self.targets in (LABEL, IDENTITY)

    @property
    def joins(self) -> bool:
        """Whether each target column has a task of its own."""
        return self.targets == SEVERAL

    def fits(self, facts: TargetFacts) -> bool:
        """Whether targets ask for this task."""
        return facts.kind == self.targets and self.classes in (None, facts.classes) and not self.recommends

    def measures(self, name: str) -> bool:
        """Whether it measures a metric, if only where that is asked for."""
        return any(metric.named(name) for metric in (*self.metrics, *self.further))
