"""The command line: text in, one call to the api, text out.

Nothing heavy is imported here; a command's module is loaded when the command is run.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

LOADED = time.monotonic()
"""Start of a process that runs one command: before click is imported."""

import click  # noqa: E402  the clock starts first
from click.shell_completion import CompletionItem  # noqa: E402

from automl._version import __version__  # noqa: E402
from automl.core.errors import AutomlError, InputError, suggest  # noqa: E402
from automl.core.streams import outlive_readers  # noqa: E402

COMMANDS = {
    "search": "Search for the best Keras model for a data set.",
    "resume": "Continue an interrupted or killed job, or run more trials.",
    "audit": "Look for what is suspicious about data: leaks, copies, wrong labels, drift.",
    "worker": "Join a running search and train trials for it.",
    "predict": "Predict raw data with a job's model.",
    "serve": "Answer requests with a job's model: a web service.",
    "enroll": "Let a job's model name people, animals or things, by a few examples of each.",
    "verify": "Say whether two images show the same, by a job's model.",
    "evaluate": "Score a job's model on data with targets.",
    "explain": "Say what a job's model relies on, and what single answers rest on.",
    "generate": "Write text with a job's language model.",
    "recommend": "List the items that suit users best, with a job's model.",
    "export": "Write a job's model as SavedModel, ONNX, LiteRT or OpenVINO, and check it.",
    "jobs": "List the jobs of a folder, running and finished.",
    "stop": "End a running job as Ctrl-C would, its best model exported.",
    "leaderboard": "Print the trials of a job, best first.",
    "compare": "Compare finished jobs: scores, time, data, options that differ.",
    "import-kerastuner": "Read a KerasTuner project as a warm start for a search.",
    "report": "Write a job's report: how good its model is, and what was tried.",
    "portfolio": "Learn from finished jobs which configurations to try first.",
    "spaces": "List the search spaces, or print one.",
    "dashboard": "Show the runs in MLflow's web interface.",
    "doctor": "Check backend, devices, versions and stores.",
    "completion": "Print what bash, zsh or fish needs to complete commands.",
}

INTERRUPTED = 130

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Codes of the system for a full disk; for files of ours the error names the file."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a job's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"automl.cli.commands.{cmd_name.replace('-', '_')}").command
        return _completing_files(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; a mistyped one is refused with the nearest name.

        Raises:
            click.UsageError: there is no such command.
        """
        name = args[0]
        # click looks for near names among the commands that it has loaded, and here it has loaded none
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command {name!r}. {suggest(name, COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class _Text(click.types.StringParamType):
    """A text that is often a path, so that shells complete files, as they do where they know nothing."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return that files complete it."""
        return [CompletionItem(incomplete, type="file")]


def _completing_files(command: click.Command) -> click.Command:
    for param in command.params:
        if param.type is click.STRING:
            param.type = _Text()
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="automl")
def application() -> None:
    """AutoML and hyperparameter search for Keras."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted."""
    outlive_readers()
    sys.exit(run(arguments, started=LOADED))


def run(arguments: list[str] | None = None, *, started: float | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: of the command; those of the process by default.
        started: ``time.monotonic()`` from which ``--time`` counts; now by default.
    """
    began = time.monotonic() if started is None else started
    try:
        outcome: Any = application.main(arguments, "automl", standalone_mode=False, obj=began)
    except AutomlError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except OSError as error:
        if error.filename is None and error.errno in FULL:
            return _output_is_full(error)
        if error.filename is None:
            raise
        # a folder in the place of a file, no right to read or write: nothing that a traceback would tell
        click.echo(f"Error: {error.filename2 or error.filename}: {error.strerror}.", err=True)
        return InputError.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    return outcome if isinstance(outcome, int) else 0


def started() -> float:
    """``time.monotonic()`` at the start of the command that runs."""
    began: float = click.get_current_context().find_root().obj
    return began


def _output_is_full(error: OSError) -> int:
    """Say that standard output cannot be written; drop its buffer, which Python could not flush."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.close(sink)
    with suppress(OSError):  # standard error may go to the same disk
        click.echo(f"Error: Cannot write standard output: {error.strerror}.", err=True)
    return InputError.exit_code
