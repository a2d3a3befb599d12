"""Places where the outside world can fail with an exception, counted and set by name."""

from collections import Counter


class Traps:
    """`seen` counts how often each site was reached; a trap that is set raises, once or for ever.

    `sprung`: how often one has raised.
    """

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.sprung = 0
        self._site = ""
        self._error: Exception = RuntimeError("A trap was sprung.")
        self._lasts = False

    def set(self, site: str, error: Exception, *, lasts: bool = False) -> None:
        """The next time that `site` is reached, `error` is raised."""
        self._site, self._error, self._lasts = site, error, lasts

    def reach(self, site: str) -> None:
        self.seen[site] += 1
        if site == self._site:
            self.sprung += 1
            if not self._lasts:
                self._site = ""
            raise type(self._error)(*self._error.args)
