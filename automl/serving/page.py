"""The page on a model that its server shows: no script, nothing from elsewhere, every text escaped."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from automl.core.sizes import size_text
from automl.serving.description import Description

TEMPLATES = Path(__file__).parent / "templates"


def page_of(description: Description) -> tuple[str, str]:
    """Return the page, and the policy that allows it its style sheet, its form, and nothing else."""
    style = (TEMPLATES / "docs.css").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("docs.html")
        .render(
            model=description,
            # safe: it is a file of this package
            style=Markup(style),  # noqa: S704
            example=_quoted(description.example),
            examples={item.path: _quoted(item.example) for item in description.further},
            most=size_text(description.most_bytes),
        )
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'"
    return page, policy


def _quoted(body: Mapping[str, Any]) -> str:
    """JSON within the quotes of a shell."""
    return json.dumps(body, ensure_ascii=False).replace("'", "'\\''")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
