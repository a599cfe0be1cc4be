"""The machine's f32 GEMM peak in FLOP a second, all cores, by the OpenBLAS that the contenders compute with."""

import ctypes
import json
import time

import numpy as np
import numpy.typing as npt

from nyay_lib.engine import device

SIZE = 2048
REPEATS = 6
ROW_MAJOR, AS_IT_IS = 101, 111

Matrix = npt.NDArray[np.float32]


def main() -> None:
    device.prepare()
    generator = np.random.default_rng(0)
    a, b = (generator.standard_normal((SIZE, SIZE), np.float32) for _ in range(2))
    product = np.empty_like(a)
    multiply(a, b, product)
    expected = a[:3] @ b
    if not np.allclose(product[:3], expected, rtol=1e-3, atol=1e-2):
        raise SystemExit("the product is wrong: this BLAS cannot be called so")
    print(json.dumps({"flops": 2 * SIZE**3 / min(timed(a, b, product) for _ in range(REPEATS))}))


def timed(a: Matrix, b: Matrix, product: Matrix) -> float:
    """Seconds of one product."""
    start = time.perf_counter()
    multiply(a, b, product)
    return time.perf_counter() - start


def multiply(a: Matrix, b: Matrix, product: Matrix) -> None:
    """``product = a @ b`` by the library that was loaded for all; by numpy's own where there is none (a Mac)."""
    try:
        gemm = ctypes.CDLL(None).cblas_sgemm
    except AttributeError:
        np.matmul(a, b, out=product)
        return
    one, nothing, n = ctypes.c_float(1), ctypes.c_float(0), SIZE
    places = [ctypes.c_void_p(matrix.ctypes.data) for matrix in (a, b, product)]
    gemm(
        ROW_MAJOR, AS_IT_IS, AS_IT_IS, n, n, n, one, places[0], n, places[1], n, nothing, places[2], n
    )  # fmt: skip


if __name__ == "__main__":
    main()
