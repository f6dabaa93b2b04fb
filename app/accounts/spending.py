"""What the ledger says has been spent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, case, cast, func, select, true

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.care.opinion import FEATURE
from app.config.budgets import Period, Scope, smallest_parts
from app.core.errors import Unavailable
from app.db.patience import AWAY
from app.db.session import Database
from app.limits.spending import Account, Amounts
from app.llm.budget import COUNTED
from app.llm.prices import DIGITS, MILLION, Price


class Spending:
    """Reads it for budgets; an unpriced call counts as one of the dearest model, a second opinion of care as none.

    What embeds, speaks or listens is no call: its tokens and its money count, the latter where it has a price.
    """

    def __init__(self, database: Database, ledger: Ledger, dearest: Price) -> None:
        self._database = database
        self._ledger = ledger
        self._dearest = dearest

    def __call__(self, account: Account, since: Mapping[Period, datetime]) -> dict[Period, Amounts]:
        """Raises ``Unavailable`` while the database is away."""
        self._ledger.flush()
        columns = [column for begun in since.values() for column in self._columns(begun)]
        counts = _is_of(account), ModelCall.feature != FEATURE
        query = select(*columns).where(*counts, ModelCall.created_at >= min(since.values()))
        try:
            with self._database.single() as connection:
                found = list(connection.execute(query).one())
        except AWAY:
            raise Unavailable from None
        rows = {period: found[3 * n : 3 * n + 3] for n, period in enumerate(since)}
        return {
            period: Amounts(calls, tokens, smallest_parts(money)) for period, (calls, tokens, money) in rows.items()
        }

    def _columns(self, begun: datetime) -> tuple[ColumnElement[Any], ...]:
        call, price = ModelCall, self._dearest
        unpriced = (call.input_tokens * price.input + call.output_tokens * price.output) / MILLION
        answers, within = call.operation == "chat", call.created_at >= begun
        money = func.coalesce(call.cost, case((answers, cast(unpriced, Numeric(14, DIGITS))), else_=0))
        return (
            func.count().filter(within, answers, call.outcome.in_(COUNTED)),
            func.coalesce(func.sum(call.input_tokens + call.output_tokens).filter(within), 0),
            func.coalesce(func.sum(money).filter(within), 0),
        )


def _is_of(account: Account) -> ColumnElement[bool]:
    in_tenant = ModelCall.tenant_id == account.tenant_id
    subject = {Scope.USER: ModelCall.user_id, Scope.KEY: ModelCall.key_id}.get(account.scope)
    return and_(in_tenant, true() if subject is None else subject == account.subject)
