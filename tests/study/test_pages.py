"""Optuna's dashboard shows a copy of a job's study."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from automl.core.errors import ConfigError
from automl.study import pages


def test_a_journal_is_copied_and_its_study_named(wine_job, monkeypatch, capsys):
    served, opened = [], []

    def run_server(storage, host, port) -> None:
        served.extend(study.study_name for study in storage.get_all_studies())

    monkeypatch.setattr(pages, "require", lambda *_, **__: SimpleNamespace(run_server=run_server))
    journal = wine_job.folder / "study.journal"
    before = journal.read_bytes()

    code = pages.serve_study(wine_job.folder, "wine", port=18080, open_page=opened.append)

    assert code == 0
    assert served == ["wine"]
    assert opened[0].startswith("http://127.0.0.1:18")
    assert opened[0] in capsys.readouterr().out
    assert journal.read_bytes() == before


def test_a_study_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"no study 'wine' in .*study\.journal"):
        pages.serve_study(tmp_path, "wine")
