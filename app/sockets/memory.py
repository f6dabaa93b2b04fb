"""What all sockets of this process may hold: unfinished messages, messages at work, frames that wait to leave."""

FREE = 4 * 1024  # bytes of one socket that are not counted: small messages pass however full it is


class MemoryBudget:
    """Counts bytes. ``limit`` is set by the composition."""

    def __init__(self, limit: int = 256 * 1024 * 1024) -> None:
        self.limit = limit
        self.used = 0

    @property
    def is_spent(self) -> bool:
        return self.used >= self.limit


class Charge:
    """What one holder has of the budget; it goes back with the holder."""

    __slots__ = ("_budget", "size")

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self.size = 0

    def fits(self, size: int) -> bool:
        """Whether it may hold ``size`` bytes now; it does from here on, if so."""
        if size > self.size and self._budget.used + size - self.size > self._budget.limit:
            return False
        self.set(size)
        return True

    def set(self, size: int) -> None:
        """Holds so many bytes, whether they fit or not."""
        self._budget.used += size - self.size
        self.size = size

    def __del__(self) -> None:
        self.set(0)


budget = MemoryBudget()
