"""Reading a QR code from its picture, written from ISO/IEC 18004 and from nothing that draws one.

It reads what our private links need: versions 5 to 6 at level M, all of one mode (bytes), undamaged.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

FINDER = np.array([[1] * 7, [1, *[0] * 5, 1], *[[1, 0, 1, 1, 1, 0, 1]] * 3, [1, *[0] * 5, 1], [1] * 7], bool)
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _: y % 2 == 0,
    lambda _, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
FORMAT_MASK = 0b101010000010010
LEVEL_M = 0b00
BLOCKS_AT_M = {37: (2, 43), 41: (4, 27)}  # modules a side: number of blocks, data codewords of each
QUIET_MODULES = 4


def read_picture(grey: NDArray[np.uint8]) -> str:
    """The text of the one code in a picture, dark on light, its margin at the picture's edge."""
    dark = grey < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    code = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    modules = next(filter(has_finders, (sampled(code, size) for size in BLOCKS_AT_M)), None)
    assert modules is not None, "no code of a size that is read here"
    margin = min(rows[0], columns[0], len(dark) - 1 - rows[-1], dark.shape[1] - 1 - columns[-1])
    assert margin >= (QUIET_MODULES - 1) * len(code) / len(modules), "the quiet zone is too narrow for a scanner"
    return read_modules(modules)


def sampled(code: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """The picture at the centre of each module, were it a code of this size."""
    across, down = (((np.arange(size) + 0.5) * length / size).astype(int) for length in reversed(code.shape))
    return code[np.ix_(down, across)]


def has_finders(dark: NDArray[np.bool_]) -> bool:
    return all((corner == FINDER).all() for corner in (dark[:7, :7], dark[:7, -7:], dark[-7:, :7]))


def read_modules(dark: NDArray[np.bool_]) -> str:
    """The text of a square of modules, True where it is dark."""
    size = len(dark)
    assert has_finders(dark)
    level_and_mask = number(dark[8, [0, 1, 2, 3, 4]]) ^ FORMAT_MASK >> 10
    assert level_and_mask >> 3 == LEVEL_M
    is_masked = MASKS[level_and_mask & 0b111]
    bits = [dark[y, x] ^ is_masked(y, x) for y, x in places(size)]
    codewords = [number(bits[start : start + 8]) for start in range(0, len(bits) - 7, 8)]
    n_blocks, n_data = BLOCKS_AT_M[size]
    data = [codewords[index * n_blocks + block] for block in range(n_blocks) for index in range(n_data)]
    return text_of(data)


def places(size: int) -> Iterator[tuple[int, int]]:
    """Where data stands, in order: pairs of columns from the right, upwards and downwards in turn."""
    is_upward = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for y in range(size - 1, -1, -1) if is_upward else range(size):
            yield from ((y, x) for x in (right, right - 1) if not is_function(size, y, x))
        is_upward = not is_upward


def is_function(size: int, y: int, x: int) -> bool:
    """Finders with their format bits, the timing lines, and the one alignment pattern of these versions."""
    in_finder = (y < 9 and x < 9) or (y < 9 and x >= size - 8) or (y >= size - 8 and x < 9)
    return in_finder or 6 in (y, x) or (abs(y - (size - 7)) <= 2 and abs(x - (size - 7)) <= 2)


def text_of(data: list[int]) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100", "it is not in byte mode"
    n_bytes = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * index : 20 + 8 * index], 2) for index in range(n_bytes)).decode()


def number(bits: NDArray[np.bool_] | list[bool]) -> int:
    return int("".join("01"[int(bit)] for bit in bits), 2)
