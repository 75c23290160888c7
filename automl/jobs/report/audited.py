"""What the audit of the data found, in the report."""

from __future__ import annotations

from automl.core.figures import Table
from automl.core.reports import Remark, Section
from automl.jobs.report.facts import Searched

MOST_REMARKS = 4

WORDS = {"bad": "serious: scores cannot be believed", "careful": "careful: scores may mislead"}
"""How bad a finding is."""


def audit_section(searched: Searched) -> Section:
    """Return the section of findings; where there is none it says what was looked for."""
    rows = tuple(
        (str(item["kind"]), str(item["where"]), WORDS[item["mood"]], str(item["told"]), str(item["advice"]))
        for item in searched.summary.get("audit", ())
    )
    columns = ("finding", "where", "how bad", "what was found", "what to do")
    figures = (Table(title="Findings, the worst first", columns=columns, rows=rows),) if rows else ()
    looked = str(searched.summary.get("audited", ""))
    text = looked if rows or not looked else f"Nothing suspicious was found. {looked}"
    return Section(key="audit", title="What is suspicious in the data", figures=figures, text=text)


def audit_remarks(searched: Searched) -> tuple[Remark, ...]:
    """Return the worst findings as remarks."""
    found = list(searched.summary.get("audit", ()))[:MOST_REMARKS]
    return tuple(
        Remark(mood="bad" if item["mood"] == "bad" else "careful", text=f"{item['told']} {item['advice']}")
        for item in found
    )
