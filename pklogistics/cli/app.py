"""The program: its commands, and how every error leaves it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from pklogistics import __version__
from pklogistics.cli import (
    beginning,
    checking,
    comparing,
    converting,
    explaining,
    exporting,
    generating,
    importing,
    overlapping,
    reporting,
    solving,
    tables,
    validating,
)
from pklogistics.cli.arguments import WrongUseError
from pklogistics.cli.codes import INTERRUPTED, NO, WRONG_USE
from pklogistics.cli.output import AnswerError, Output
from pklogistics.errors import OptionsError, PklogisticsError

TRACEBACK = "PKLOGISTICS_TRACEBACK"
"""Environment variable: when it is set, an error of the program itself shows its traceback."""


class Program(TyperGroup):
    """The group of all verbs: turns whatever goes wrong into a message and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and leave with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        self._output = Output(as_json="--json" in words, quiet=True)
        try:
            code = super().main(words, prog_name, complete_var, False, windows_expand_args, **extra)
        except Exception as error:
            code = _failed(self._output, error)
        if standalone_mode:
            sys.exit(code or 0)
        return code or 0

    def invoke(self, ctx: Any) -> Any:
        """Run a verb; an interrupt is told here, before typer turns it into a silent exit."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            self._output.error("interrupted, nothing is written")
            return INTERRUPTED


def _failed(output: Output, error: Exception) -> int:
    """Tell an error and return the exit code that it means."""
    if isinstance(error, BrokenPipeError | AnswerError):
        # Whoever read our output has had enough, or has no room; the interpreter must not try to flush it at
        # the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, AnswerError):
            Output(as_json=False, quiet=True).error(error)
        return NO
    if hasattr(error, "format_message"):  # Typer's own errors: the command line does not make sense.
        return _misused(output, error)
    if isinstance(error, PklogisticsError):
        output.error(error)
        return WRONG_USE if isinstance(error, OptionsError | WrongUseError) else NO
    if os.environ.get(TRACEBACK):
        raise error
    output.error(
        f"pklogistics failed, which is its own fault: {type(error).__name__}: {error}"
        f" (set {TRACEBACK}=1 to see where, and please report it)"
    )
    return NO


def _misused(output: Output, error: Any) -> int:
    context = getattr(error, "ctx", None)
    message = str(error.format_message()).replace("Value error, ", "").strip()
    if context is None:
        output.error(message)
    elif message and "\n" not in message:
        message = message.rstrip(".")
        output.error(
            f"{message[:1].lower()}{message[1:]}{_JOIN[message[-1] == '?']} {context.command_path} --help"
        )
    elif output.as_json:
        *verbs, last = (str(verb.name) for verb in app.registered_commands)
        output.error(f"say what to do: {', '.join(verbs)} or {last}")
    else:  # Nothing was said at all: help is the answer.
        typer.echo(context.get_help(), err=True)
    return WRONG_USE


_JOIN = {True: " See", False: "; see"}


app = typer.Typer(
    cls=Program,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new", short_help="Write a template to fill, with an example that solves.")(beginning.new)
app.command("validate", short_help="Tell every problem of a mission's tables.")(validating.validate)
app.command("solve", short_help="Find the best plan, prove how good it is, and write it.")(solving.solve)
app.command("check", short_help="Recompute every rule and every number of a plan.")(checking.check)
app.command("explain", short_help="Tell why people go short, and what more would change.")(explaining.explain)
app.command("report", short_help="Write a plan as one page that opens offline.")(reporting.report)
app.command("compare", short_help="Show two plans side by side.")(comparing.compare)
app.command("convert", short_help="Write a mission in another container, without loss.")(converting.convert)
app.command("import", short_help="Read HXL sheets and public formats as a mission.")(importing.import_file)
app.command("export", short_help="Write a plan as a 4W sheet or as a map.")(exporting.export)
app.command("overlaps", short_help="Tell who duplicates whom, and the gaps beside it.")(overlapping.overlaps)
app.command("generate", short_help="Make up a whole mission of any size.")(generating.generate)
app.command("schema", short_help="Print the columns of a table, or a JSON Schema of all.")(tables.schema)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pklogistics {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Plan who does what, where and when, and who pays; and prove how good the plan is."""


def main() -> NoReturn:
    """Run the command line; the entry point of the program."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show is no reason to fail.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Whoever ends the program politely gets what Ctrl-C gives: the best plan found, nothing half written.
        # (In the background of a script Ctrl-C is ignored, and then the system's way to end it stays.)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    app()
    raise AssertionError("the program leaves by its exit code")
