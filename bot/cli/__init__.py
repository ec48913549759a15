"""`loftebot …`: every command. Errors are one line on stderr.

Exit codes: 0 done, 1 not found or failed, 2 bad use or configuration, 3 the log is of a newer
program, 4 already running, 5 the token is refused.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

# Before NumPy is loaded, which reads it once. A question's matrices are small: a second thread does not
# answer sooner, it spins, and takes the core that the next voter's question needs (37 ms of processor a
# question instead of 19; 95th percentile at 20 questions a second 919 ms instead of 209).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_COMMANDS = {
    "ask": "bot.cli.ask",
    "avslutt": "bot.cli.ending",
    "backup": "bot.cli.backup",
    "calibrate": "bot.cli.calibrate",
    "chat": "bot.cli.serve",
    "check": "bot.cli.check",
    "corrections": "bot.cli.corrections",
    "evaluate": "bot.cli.evaluate",
    "incident": "bot.cli.incident",
    "keys": "bot.cli.keys",
    "pledges": "bot.cli.pledges",
    "restore": "bot.cli.backup",
    "programmes": "bot.cli.programmes",
    "reload": "bot.cli.reload",
    "review": "bot.cli.review",
    "run": "bot.cli.serve",
    "thesaurus": "bot.cli.thesaurus",
    "topics": "bot.cli.topics",
    "vectors": "bot.cli.vectors",
    "verify-audit": "bot.cli.audit",
}


class _Lazy(click.Group):
    """Imports a command's module only when it is asked for: `ask` need not load Telegram."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(
            importlib.import_module(module), cmd_name.replace("-", "_")
        )
        return command


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Example:  loftebot ask "Hva mener dere om søndagsåpne butikker?"',
)
@click.option(
    "--config",
    "config",
    envvar="LOFTEBOT_CONFIG",
    default="config.toml",
    show_default=True,
    metavar="FILE",
    help="Settings; also LOFTEBOT_CONFIG.",
)
@click.version_option(package_name="loftebot", prog_name="loftebot")
@click.pass_context
def cli(ctx: click.Context, config: str) -> None:
    """A party's bot that answers voters with verbatim pledges from its local programmes."""
    ctx.obj = config


def main() -> None:
    """Run the command line; the entry point of the console script."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli.main(prog_name="loftebot")
