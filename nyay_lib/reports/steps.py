"""One page for each step of a run."""

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.export.model_files import MergedModel
from nyay_lib.reports.page import Bytes, Cell, Digest, Page, duration, figures_page, size
from nyay_lib.results import Result


def how_made(result: Result) -> str:
    """Whether the step ran or handed out what was there."""
    return "Reused: made before from the same inputs." if result.reused else f"Took {duration(result.seconds)}."


def base_page(base: Base) -> Page:
    figures: dict[str, Cell] = {
        "model": base.name,
        "revision": base.revision or "none",
        "licence": base.licence,
        "parameters": base.parameters,
        "bits of the frozen weights": base.bits,
        "bytes": Bytes(base.bytes),
        "digest": Digest(base.digest),
    }
    gist = f"{base.name}, {base.bits} bits, {size(base.bytes)}"
    return figures_page("Base model", figures, f"{size(base.bytes)} on disk. {how_made(base)}", gist=gist)


def merged_page(merged: MergedModel) -> Page:
    figures: dict[str, Cell] = {
        "folder": merged.folder.name,
        "bytes": Bytes(merged.bytes),
        "adapted modules": merged.adapted_modules,
        "fused onto the base": merged.fused_onto,
        "shards": merged.shards,
        "peak memory in bytes": Bytes(merged.process_peak),
        "digest": Digest(merged.digest),
    }
    words = f"Fused in f32, stored in f16: {size(merged.bytes)}. {how_made(merged)}"
    return figures_page("Merged model", figures, words, gist=size(merged.bytes))
