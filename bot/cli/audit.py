"""`loftebot verify-audit`: has anybody changed what was written down about staff and admins?"""

from __future__ import annotations

import click

from bot.cli.common import BAD_USE, fail, settings_of
from bot.privacy.keys import KeyFault, Keys
from bot.texts.faults import explain


@click.command("verify-audit", epilog="Example:  loftebot verify-audit")
@click.pass_context
def verify_audit(ctx: click.Context) -> None:
    """Check the chain of the audit; exit code 1 when a row was changed, added or removed."""
    from bot.storage import FILE, StorageError, audit_fault  # noqa: PLC0415

    settings = settings_of(ctx)
    try:
        count, fault = audit_fault(settings.data / FILE, Keys.open(settings.keys, settings.data))
    except KeyFault as exc:
        fail(explain(exc), BAD_USE)
    except StorageError as exc:
        fail(explain(exc))
    if fault:
        kind, seq = fault.split()
        said = "er endret" if kind == "changed" else "mangler"
        fail(f"{settings.data / FILE}: rad {seq} i revisjonssporet {said}. {count} rader i alt.")
    click.echo(f"revisjonssporet er helt: {count} rader")
