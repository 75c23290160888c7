"""Where a network that was trained before comes from: a package that holds its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.core.optional import require

if TYPE_CHECKING:
    from automl.pretrained.network import Network


@dataclass(frozen=True, kw_only=True)
class Source:
    """Weights that a package of the index holds. Declared without a framework, so refusals stay quick.

    Attributes:
        name: what users write.
        words: what it is: network, data that it was trained on, number of weights, licence.
        package: Python package with the weights; loading it loads no framework.
        distribution: what pip calls it; its version tells weights apart.
        extra: of this package, that installs it.
        load: reads the weights.
    """

    name: str
    words: str
    package: str
    distribution: str
    extra: str
    load: Callable[[], Network]

    def check(self) -> None:
        """Refuse where the package is absent.

        Raises:
            MissingDependencyError: with what installs it.
        """
        require(self.package, extra=self.extra, purpose=f"for --pretrained {self.name}")
