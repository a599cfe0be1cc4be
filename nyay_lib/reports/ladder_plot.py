"""The ladder of files as a Markdown image: how much smaller, how far from F16."""

from collections.abc import Sequence
from typing import Any

from nyay_lib.export.fidelity import Fidelity, quantise
from nyay_lib.export.model_files import Rung
from nyay_lib.reports.plots import BLUE, ORANGE, empty_figure, image

LEAST = 1e-9  # what equal files are drawn at: the axis is logarithmic


def ladder_plot(rungs: Sequence[Rung], fidelity: Fidelity) -> str:
    """Each quantised file's mean KL to the F16 file over its bits a weight; those that lost too much stand out."""
    canvas = empty_figure(3)
    axes: Any = canvas.add_subplot()
    for rung in rungs:
        if rung.quantization != "f16":
            kl, bits = max(LEAST, fidelity.stage(quantise(rung.quantization)).kl), rung.bits_per_weight
            axes.plot([bits], [kl], "o", color=ORANGE if rung.faults else BLUE)
            axes.annotate(f" {rung.quantization}", (bits, kl), fontsize=8, va="bottom")
    axes.set_yscale("log")
    axes.set_xlabel("bits a weight")
    axes.set_ylabel("KL to the F16 file, nats")
    axes.grid(alpha=0.25)
    return image(canvas, "divergence of each file over its bits a weight")
