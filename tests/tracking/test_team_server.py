"""The team server's files: what Compose expects, pinned, without passwords, not open to others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "mlflow"
TEXT = (FOLDER / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
KEYS = {
    *("image", "build", "command", "entrypoint", "environment", "depends_on", "healthcheck"),
    *("networks", "ports", "restart", "volumes"),
}


@pytest.mark.parametrize("name", SERVICES)
def test_services_have_known_keys_and_pinned_images(name: str) -> None:
    service = SERVICES[name]

    assert set(service) <= KEYS
    assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", service["image"])


def test_what_is_referred_to_is_defined() -> None:
    assert set(COMPOSE) == {"name", "services", "networks", "volumes"}
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {mount.split(":")[0] for mount in service.get("volumes", ())} <= set(COMPOSE["volumes"])


def test_who_waits_for_whom_can_be_known() -> None:
    for service in SERVICES.values():
        for name, wanted in service.get("depends_on", {}).items():
            healthy = wanted["condition"] == "service_healthy"
            assert ("healthcheck" in SERVICES[name]) if healthy else SERVICES[name]["restart"] == "no"


@pytest.mark.parametrize("variable", ["POSTGRES_PASSWORD", "OBJECTS_USER", "OBJECTS_PASSWORD"])
def test_secrets_come_from_the_environment_and_have_no_default(variable: str) -> None:
    used = re.findall(r"\$\{" + variable + r"([^}]*)\}", TEXT)

    assert used
    assert all(rest.startswith(":?") for rest in used)


def test_an_example_names_every_variable_and_no_password() -> None:
    lines = (FOLDER / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    assert set(example) == set(re.findall(r"\$\{(\w+)", TEXT))
    assert not any(value for name, value in example.items() if "PASSWORD" in name)


def test_only_the_server_listens_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"server": ["${MLFLOW_ADDRESS:-127.0.0.1}:${MLFLOW_PORT:-5000}:5000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_server_and_clients_are_of_one_version() -> None:
    versions = set(re.findall(r"mlflow(?:==|:)(\d+\.\d+)", TEXT + (FOLDER / "Dockerfile").read_text()))

    assert versions == {"3.17"}


def test_no_python_file_stands_in_front_of_mlflow() -> None:
    assert not list(FOLDER.rglob("*.py"))
