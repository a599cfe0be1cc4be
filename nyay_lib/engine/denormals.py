"""Numbers below 1.2e-38 as zero, on the processors that compute with them in microcode."""

import ctypes
import platform
import sys

FLUSH_TO_ZERO, DENORMALS_ARE_ZERO = 1 << 15, 1 << 6
_BYTES, _MXCSR = 32, 28  # glibc's fenv_t on x86-64, and where it keeps the register of SSE and AVX


def flush_denormals() -> bool:
    """Let this thread, and every thread that it will start, take denormal numbers for zero; whether it was done.

    Attention gives such a number to each position that it must not see, and an Intel core takes a hundred cycles and
    more over one: matrix products came to a tenth of their speed. ARM and AMD cores lose nothing by them. Threads
    begin with the flags of their parent, so this comes before MLX and BLAS start theirs.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    try:
        libm = ctypes.CDLL("libm.so.6")
        environment = ctypes.create_string_buffer(_BYTES)
        libm.fegetenv(environment)
        flags = ctypes.c_uint32.from_buffer(environment, _MXCSR)
        flags.value |= FLUSH_TO_ZERO | DENORMALS_ARE_ZERO
        return libm.fesetenv(environment) == 0
    except (OSError, AttributeError):  # another C library; slower, and as right
        return False
