"""Powers, for a CPU above all, where MLX computes its own one element at a time: 14 ns each, 19 in its sigmoid.

Here they are a polynomial of MLX's element-wise operations, each of which the compiler has vectorised: 3 to 6 ns.
Range reduction after Cody and Waite 1980; coefficients of exp from Cephes (Moshier 1989).
"""

import math

import mlx.core as mx

# Adding 1.5 x 2^23 rounds to an integer, whose bits are then the lowest of the sum.
ROUNDING = 12582912.0
MANTISSA_BITS = 23
LOG2_E = math.log2(math.e)
# ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4
LEAST, MOST = -87.3, 88.3
LEAST_POWER = -126.0
# exp(r) = 1 + r + r^2 (... ) for |r| <= ln 2 / 2, and 2^r = (...) for |r| <= 1 / 2; highest power first.
EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1.0, 1.0)
EXP2 = (1.535335547e-4, 1.339887456e-3, 9.618437381e-3, 5.550332471e-2, 2.402264791e-1, 6.931472029e-1, 1.0)


def exp(x: mx.array) -> mx.array:
    """e to the power of ``x``; on a CPU in f32, to a relative 2e-7, and beyond -87.3 and 88.3 the value there."""
    if mx.default_device() != mx.cpu:
        return mx.exp(x)
    x = mx.clip(x, LEAST, MOST)
    shifted = x * LOG2_E + ROUNDING
    exponent = shifted - ROUNDING
    return _scaled(_polynomial(EXP, x - exponent * LN2_HIGH - exponent * LN2_LOW), shifted)


def exp2(x: mx.array) -> mx.array:
    """2 to the power of ``x`` in f32 for ``x`` up to 127, to a relative 2e-7; below -126 the value there."""
    x = mx.maximum(x, LEAST_POWER)
    shifted = x + ROUNDING
    return _scaled(_polynomial(EXP2, x - (shifted - ROUNDING)), shifted)


def _polynomial(coefficients: tuple[float, ...], x: mx.array) -> mx.array:
    first, second, *others = coefficients
    value = x * first + second
    for coefficient in others:
        value = value * x + coefficient
    return value


def _scaled(mantissa: mx.array, shifted: mx.array) -> mx.array:
    """``mantissa`` times 2 to the power that was rounded in ``shifted``: an addition to the exponent's bits."""
    bits = mantissa.view(mx.int32) + (shifted.view(mx.int32) << MANTISSA_BITS)
    return bits.view(mx.float32)
