"""Costs where nothing was measured: from the number of parameters, and from what was seen on other machines."""

import math

import psutil

from nyay_lib.machine import Machine
from nyay_lib.planning.costs import CHECKPOINTED_SECONDS, Costs

# 252 tokens a second were seen on an M2 with 3.2 billion parameters, at 4 FLOP for each forwards and backwards.
FLOP_A_PARAMETER = 4.0
METAL_FLOPS, CUDA_FLOPS, CPU_FLOPS_A_CORE = 252 * FLOP_A_PARAMETER * 3.2e9, 1e13, 2e10
# In Llamas of 0.1 to 8 billion parameters these grow as the root of the parameters, or fall with it.
ATTENTION = 3.2
TOKEN_BYTES, CHECKPOINTED_BYTES = 100.0, 14.0
# Metal keeps attention's matrices for the backward pass: 16 GB for 2,048 tokens of the 3B model were seen on an M2.
METAL_TOKEN_BYTES, METAL_SQUARE_BYTES = 50.0, 0.047
# Some nine values of 4 bytes for each word of the vocabulary, which is the smaller the smaller the model.
CHUNK, VOCABULARY, PARAMETERS_A_WORD, WORD_BYTES = 256, 128_256, 2700, 4 * 9
# The output projection, written out for a moment where the other weights are not.
OUTPUT_BYTES = 0.5
PROGRAM_BYTES = 300e6
READ_BYTES_A_SECOND = 5e8
FORWARD, DENSE_SHARE = 0.4, 0.4
# Decoding reads all weights for each token.
METAL_BANDWIDTH, CPU_BANDWIDTH = 1e11, 1e10


def assumed(machine: Machine, parameters: int, base_bytes: float, adapter_bytes: float) -> Costs:
    """Costs of a model of so many parameters on such a machine; ``adapter_bytes`` with gradients and moments.

    On a CPU the weights are written out in f32 where there is room, else one matrix at a time.
    """
    on_cpu, root = machine.device not in ("Metal", "CUDA"), math.sqrt(parameters)
    flops = {"Metal": METAL_FLOPS, "CUDA": CUDA_FLOPS}.get(machine.device, CPU_FLOPS_A_CORE * machine.cores)
    dense = on_cpu and 4 * parameters < DENSE_SHARE * psutil.virtual_memory().available
    weights = 4.0 * parameters if dense else base_bytes + (OUTPUT_BYTES * parameters if on_cpu else 0.0)
    return Costs(
        chunk=CHUNK,
        batch_seconds=0.0,
        token_seconds=FLOP_A_PARAMETER * parameters / flops,
        attention=ATTENTION / root,
        answer_seconds=0.0,
        checkpointing=CHECKPOINTED_SECONDS,
        forward=FORWARD,
        load_seconds=base_bytes / READ_BYTES_A_SECOND,
        update_seconds=0.0,
        decode_seconds=weights / (CPU_BANDWIDTH if on_cpu else METAL_BANDWIDTH),
        resident_bytes=weights + adapter_bytes,
        load_bytes=weights + (base_bytes if dense else 0.0),
        program_bytes=PROGRAM_BYTES,
        checkpointed_program_bytes=PROGRAM_BYTES,
        token_bytes=(TOKEN_BYTES if on_cpu else METAL_TOKEN_BYTES) * root,
        square_bytes=0.0 if on_cpu else METAL_SQUARE_BYTES * root,
        answer_bytes=WORD_BYTES * min(VOCABULARY, parameters / PARAMETERS_A_WORD),
        checkpointed_bytes=CHECKPOINTED_BYTES * root,
        kept_bytes=CHECKPOINTED_BYTES * root,  # not known apart: the answers' come on top
    )
