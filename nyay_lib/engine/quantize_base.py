"""The 8-bit base: QLoRA's frozen weights (Dettmers et al. 2023), in MLX's affine form with groups of 64."""

from collections.abc import Mapping
from typing import Any

from mlx_lm.utils import load_model, quantize_model, save_config, save_model

from nyay_lib.base_model.tokenizer import install_tokenizer
from nyay_lib.files import replacing_folder
from nyay_lib.jobs import Emit, Progress, QuantizeBaseJob

GROUP_SIZE = 64


def quantize_base(job: QuantizeBaseJob, emit: Emit) -> Mapping[str, Any]:
    """Quantise every linear layer and the embedding; the folder appears whole or not at all."""
    model, config = load_model(job.source, lazy=True)
    emit(Progress(done=1, total=3, what="loaded"))
    model, config = quantize_model(model, config, group_size=GROUP_SIZE, bits=job.bits)
    with replacing_folder(job.target) as folder:
        save_model(folder, model, donate_model=True)
        emit(Progress(done=2, total=3, what="quantised"))
        save_config(config, folder / "config.json")
        install_tokenizer(job.source, folder)
    emit(Progress(done=3, total=3, what="written"))
    return {"bits": job.bits, "group_size": GROUP_SIZE}
