"""What a call may cost: reserved before a model is asked, settled when the call has ended, by whoever keeps budgets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.llm.interfaces import Caller

COUNTED = ("ok", "cancelled")  # outcomes of calls that count; of the others only what they cost does


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call takes of its caller's budgets; ``money`` in US dollars."""

    calls: int
    tokens: int
    money: float


class Reservation(Protocol):
    """Leave to make one call. ``settle`` takes what it really cost, and gives back the rest; it must not raise."""

    def settle(self, charge: Charge, /) -> None: ...


class Budget(Protocol):
    """``reserve`` raises an ``AppError`` when the caller has nothing left. The estimate is made when it is needed.

    ``spend`` takes what was not reserved, and does not raise.
    """

    def reserve(self, caller: Caller, estimate: Callable[[], Charge], /) -> Reservation: ...
    def spend(self, caller: Caller, charge: Charge, /) -> None: ...


class Unlimited:
    """A budget without end, and all that can be reserved of it."""

    def reserve(self, _caller: Caller, _estimate: Callable[[], Charge], /) -> Reservation:
        return self

    def spend(self, _caller: Caller, _charge: Charge, /) -> None: ...

    def settle(self, _charge: Charge, /) -> None: ...


UNLIMITED = Unlimited()
