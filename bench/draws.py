"""Random numbers that stay the same from one numpy version to the next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

_POISSON_STEPS = 200


class Draws:
    """Everything is derived from uniform draws.

    numpy promises the bits of a generator for ever, but not its distributions; the
    committed sample has to come out the same byte for byte.
    """

    def __init__(self, *seed: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(list(seed)))

    def uniform(self, n: int, low: float = 0.0, high: float = 1.0) -> Floats:
        """`n` numbers in [low, high)."""
        return low + (high - low) * self._rng.random(n)

    def chance(self, probability: Floats | float, n: int | None = None) -> Bools:
        """True with the given probability, one draw for each element (or `n` draws)."""
        size = np.size(probability) if n is None else n
        return np.asarray(self._rng.random(size) < probability)

    def below(self, limit: int | Ints, n: int | None = None) -> Ints:
        """Whole numbers from zero to `limit` - 1."""
        size = np.size(limit) if n is None else n
        return np.floor(self._rng.random(size) * limit).astype(np.int64)

    def pick(self, weights: npt.ArrayLike, n: int) -> Ints:
        """Positions in `weights`, each as often as its weight says."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(edges / edges[-1], self._rng.random(n), side="right")
        return np.minimum(found, len(edges) - 1).astype(np.int64)

    def of(self, values: Texts, n: int) -> Texts:
        """`n` of the values, each as likely as the others."""
        return np.asarray(values[self.below(len(values), n)])

    def normal(self, n: int) -> Floats:
        """Standard normal numbers (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log(1.0 - self._rng.random(n)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self._rng.random(n)))

    def exponential(self, mean: float, n: int) -> Floats:
        """Waiting times with the given mean."""
        return np.asarray(-mean * np.log(1.0 - self._rng.random(n)))

    def poisson(self, rate: Floats) -> Ints:
        """Counts with the given means, by inverting the distribution."""
        wanted = self._rng.random(np.size(rate))
        share = np.exp(-rate)
        reached = share.copy()
        count = np.zeros(np.size(rate), dtype=np.int64)
        for step in range(1, _POISSON_STEPS):
            missing = wanted > reached
            if not missing.any():
                break
            count += missing
            share = share * rate / step
            reached = reached + share
        return count


def texts(values: str | list[str] | tuple[str, ...]) -> Texts:
    """An array of Python strings; a string is split at its blanks."""
    return np.array(values.split() if isinstance(values, str) else list(values), dtype=object)
