"""The overlapping windows in which a long text is read so that every token has context on both sides."""

import itertools
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens [start, end) are read together; of these, [keep_from, keep_to) are taken from this window."""

    start: int
    end: int
    keep_from: int
    keep_to: int

    @property
    def kept(self) -> slice:
        """The kept tokens, counted from the window's first."""
        return slice(self.keep_from - self.start, self.keep_to - self.start)


def windows_of(tokens: int, *, size: int) -> tuple[Window, ...]:
    """Windows of `size` tokens, half a window apart, all of one length; the last one ends with the text.

    Every token is kept once, from the window in which the nearer of its two edges is farthest. No tokens: no windows.
    """
    if tokens == 0:
        return ()
    length = min(size, tokens)
    stride = max(1, size // 2)
    starts = [*range(0, tokens - length, stride), tokens - length]
    between = [(start + length + following) // 2 for start, following in itertools.pairwise(starts)]
    edges = [0, *between, tokens]
    return tuple(Window(start, start + length, edges[i], edges[i + 1]) for i, start in enumerate(starts))
