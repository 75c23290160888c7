"""Contract suites and doubles for whoever extends this package; the suites need pytest.

A suite is a class of tests that asks for one or two fixtures: subclass it in a test file of yours, give the
fixtures, and pytest runs all of it on what you have written.
"""

from __future__ import annotations

import sys

_SUITES = ("bags", "engines", "executors", "families", "kinds", "necks", "proposers", "tasks", "trackers")

# plain asserts of a module tell what they compared only if pytest rewrites them, before they are imported;
# the doubles are used in processes without pytest
if "pytest" in sys.modules:
    sys.modules["pytest"].register_assert_rewrite(*(f"{__name__}.{name}" for name in _SUITES))
