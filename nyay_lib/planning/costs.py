"""Seconds and bytes of any micro-batch: a small model, fitted to a calibration or, without one, assumed."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from nyay_lib.jobs import Loaded, Measured
from nyay_lib.planning.calibration import Calibration
from nyay_lib.planning.workload import Part

# A factor between two measurements outside of this is an accident of one of them.
LEAST_FACTOR, MOST_FACTOR = 0.25, 4.0
# Gradient checkpointing where it was not measured: the forward pass is done twice, a few values of a token are kept.
CHECKPOINTED_SECONDS, CHECKPOINTED_SHARE = 4 / 3, 1 / 4
# AdamW's two moments of a trained parameter, in f32: training holds them, a calibration measures before they are there.
MOMENTS_BYTES = 8


class Costs(BaseModel):
    """What work costs. A part of r rows of length L with c completion tokens takes

    seconds: batch + r (L + attention L^2) token_seconds + c answer_seconds, and
    bytes: r (L token_bytes + L^2 square_bytes) + min(c, chunk) answer_bytes.

    Parts side by side take the time of the longest, times ``together``; their bytes add up. With gradient checkpointing
    the time is multiplied by ``checkpointing``. The layers' inputs are kept, ``kept_bytes`` a token, and beside them is
    at one time what the answers take, at another what one layer does that is computed anew: with it a token takes
    ``checkpointed_bytes``, and the more is the peak.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lanes: int = 1
    chunk: int
    batch_seconds: float
    token_seconds: float
    attention: float
    answer_seconds: float
    together: float = 1.0
    checkpointing: float
    forward: float
    load_seconds: float
    update_seconds: float
    decode_seconds: float
    resident_bytes: float
    load_bytes: float
    program_bytes: float
    token_bytes: float
    square_bytes: float
    answer_bytes: float
    together_bytes: float = 1.0
    checkpointed_program_bytes: float
    checkpointed_bytes: float
    kept_bytes: float

    def seconds(self, parts: Sequence[Part], *, checkpointing: bool = False) -> float:
        """Of one micro-batch, forwards and backwards."""
        longest = max(self._seconds(part) for part in parts)
        return longest * self._share(parts, self.together) * (self.checkpointing if checkpointing else 1.0)

    def forward_seconds(self, parts: Sequence[Part]) -> float:
        """Of one micro-batch, forwards alone."""
        return self.forward * self.seconds(parts)

    def bytes(self, parts: Sequence[Part], *, checkpointing: bool = False) -> float:
        """The process's peak while it computes one micro-batch."""
        answers = sum(min(part.answers, self.chunk) for part in parts) * self.answer_bytes
        if checkpointing:
            tokens = sum(part.rows * part.length for part in parts)
            computed = max(tokens * self.checkpointed_bytes, tokens * self.kept_bytes + answers)
            program = self.checkpointed_program_bytes
        else:
            each = (p.rows * p.length * (self.token_bytes + self.square_bytes * p.length) for p in parts)
            computed = sum(each) * self._share(parts, self.together_bytes) + answers
            program = self.program_bytes
        return max(self.load_bytes, self.resident_bytes + program + computed)

    def _seconds(self, part: Part) -> float:
        tokens = part.rows * part.length * (1 + self.attention * part.length)
        return self.batch_seconds + tokens * self.token_seconds + part.answers * self.answer_seconds

    def _share(self, parts: Sequence[Part], factor: float) -> float:
        """The factor for so many parts side by side; on a device without lanes, for more than one row."""
        if self.lanes > 1:
            return 1 + (factor - 1) * (len(parts) - 1) / (self.lanes - 1)
        return factor if parts[0].rows > 1 else 1.0


def fitted(calibration: Calibration) -> Costs | None:
    """The costs that explain what was measured; None where too little was: one row, one with a long answer, a long row.

    What a calibration that ended early did not measure is taken from what it did.
    """
    facts, single = calibration.facts, [m for m in calibration.measured if _is_single(m)]
    if facts is None or len(single) < 3:
        return None
    batch, token, answer = _least_squares([_work(m, facts) for m in single], [m.seconds for m in single])
    taken = [m.peak_memory - facts.active_memory for m in single]
    program = _program_bytes(calibration)
    per_token, square, per_answer = _least_squares([_room(m, facts) for m in single], taken)
    costs = Costs(
        lanes=facts.lanes,
        chunk=facts.chunk,
        batch_seconds=batch,
        token_seconds=token,
        attention=facts.attention_ratio,
        answer_seconds=answer,
        checkpointing=CHECKPOINTED_SECONDS,
        forward=_factor(single[-1].forward_seconds, single[-1].seconds),
        load_seconds=calibration.load_seconds,
        update_seconds=calibration.update_seconds,
        decode_seconds=calibration.decode_seconds,
        resident_bytes=facts.active_memory + MOMENTS_BYTES * facts.trainable_parameters,
        load_bytes=facts.process_peak,
        program_bytes=program,
        token_bytes=per_token,
        square_bytes=square,
        answer_bytes=per_answer,
        checkpointed_program_bytes=program,
        checkpointed_bytes=CHECKPOINTED_SHARE * per_token,
        kept_bytes=facts.kept_bytes,
    )
    return _with_factors(costs, calibration, facts)


def _is_single(measured: Measured) -> bool:
    return measured.setting.rows == 1 and not measured.setting.gradient_checkpointing


def _work(measured: Measured, facts: Loaded) -> list[float]:
    setting = measured.setting
    return [1.0, setting.length * (1 + facts.attention_ratio * setting.length), setting.answer]


def _room(measured: Measured, facts: Loaded) -> list[float]:
    setting = measured.setting
    return [setting.length, setting.length**2, min(setting.answer, facts.chunk)]


def _program_bytes(calibration: Calibration) -> float:
    """What the process holds beside MLX's arrays, as seen at the largest of the settings."""
    plain = [m for m in calibration.measured if not m.setting.gradient_checkpointing]
    return max(0.0, plain[-1].process_peak - max(m.peak_memory for m in plain))


def _with_factors(costs: Costs, calibration: Calibration, facts: Loaded) -> Costs:
    """The costs with what rows side by side and gradient checkpointing change."""
    factors: dict[str, float] = {}
    for measured in calibration.measured:
        if _is_single(measured):
            continue
        setting = measured.setting
        parts = _parts(measured, facts)
        if setting.gradient_checkpointing:
            factors["checkpointing"] = _factor(measured.seconds, costs.seconds(parts))
            factors |= _checkpointed(measured, calibration, facts)
        else:
            used = measured.peak_memory - facts.active_memory
            answers = sum(min(part.answers, facts.chunk) for part in parts) * costs.answer_bytes
            rows = sum(p.rows * p.length * (costs.token_bytes + costs.square_bytes * p.length) for p in parts)
            factors["together"] = _factor(measured.seconds, costs.seconds(parts))
            factors["together_bytes"] = _factor(used - answers, rows)
    return costs.model_copy(update=factors)


def _checkpointed(measured: Measured, calibration: Calibration, facts: Loaded) -> dict[str, float]:
    """The bytes of a token with gradient checkpointing, of a row whose answer is next to nothing.

    What the process holds beside MLX's arrays grows with the row's length then (layers that are computed again leave
    holes in the heap), so that is the token's too. It is known where the kernel could forget the peaks of the settings
    before, which took more; elsewhere it is what it was there.
    """
    tokens = measured.setting.rows * measured.setting.length
    used = measured.peak_memory - facts.active_memory
    before = [m for m in calibration.measured if not m.setting.gradient_checkpointing]
    if measured.process_peak >= max(m.process_peak for m in before):
        return {"checkpointed_bytes": used / tokens}
    least = max(0, before[0].process_peak - before[0].peak_memory)
    more = max(0, measured.process_peak - measured.peak_memory - least)
    return {"checkpointed_program_bytes": least, "checkpointed_bytes": (used + more) / tokens}


def _parts(measured: Measured, facts: Loaded) -> tuple[Part, ...]:
    """The setting as the lanes computed it."""
    setting = measured.setting
    if facts.lanes == 1:
        return (Part(setting.rows, setting.length, setting.rows * setting.answer),)
    return (Part(1, setting.length, setting.answer),) * setting.rows


def _factor(measured: float, expected: float) -> float:
    if measured <= 0 or expected <= 0:
        return 1.0
    return min(MOST_FACTOR, max(LEAST_FACTOR, measured / expected))


def _least_squares(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """The factors, none below 0, that explain ``values`` best, relative errors squared.

    There are three: all ways of setting some to 0 are tried (as Lawson and Hanson 1974 do in order).
    """
    matrix: npt.NDArray[np.float64] = np.array(rows, float) / np.array(values, float)[:, None]
    count, best, least = matrix.shape[1], [0.0] * matrix.shape[1], math.inf
    for size in range(1, count + 1):
        for columns in combinations(range(count), size):
            found = np.linalg.lstsq(matrix[:, columns], np.ones(len(values)), rcond=None)[0]
            error = float(np.sum((matrix[:, columns] @ found - 1) ** 2))
            if (found >= 0).all() and error < least:
                best, least = [0.0] * count, error
                for column, value in zip(columns, found.tolist(), strict=True):
                    best[column] = value
    return best
