"""Budgets and spending of all tenants, for operators."""

from sqlalchemy.orm import Session

from app.accounts import budgets, schemas, usage_report
from app.accounts.budgets import BudgetsBody
from app.accounts.usage_report import Span
from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.config.settings import Settings
from app.core.json import JSONObject
from app.web.container import resolve
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("admin_accounts", __name__, url_prefix="/admin", description="Budgets and spending, for operators")
operation = Operations(blp, SERVICE, errors, sessions=True)


@operation("GET", "/budgets/<tenant>", gives=schemas.BudgetsOut)
def read_budgets(session: Session, _: Principal, tenant: str) -> JSONObject:
    """What a tenant may spend: what was set for it, and the settings where nothing was"""
    return budgets.shown(tenant, budgets.stored(session, tenant), resolve(Settings).budgets)


@operation("PUT", "/budgets/<tenant>", takes=schemas.BudgetsIn, gives=schemas.BudgetsOut)
def write_budgets(session: Session, principal: Principal, body: BudgetsBody, tenant: str) -> JSONObject:
    """Set what a tenant may spend

    `user_day` is for each of its people, `tenant_month` for all of them; days and months are those of UTC. `null` is no
    budget. What is not named stays with the settings. In force on every process within seconds.
    """
    budgets.write(session, tenant, body, principal.user_id)
    audit.record(session, principal, "budgets.write", "", tenant)
    session.flush()
    return budgets.shown(tenant, budgets.stored(session, tenant), resolve(Settings).budgets)


@operation("DELETE", "/budgets/<tenant>", gives=schemas.BudgetsOut)
def remove_budgets(session: Session, principal: Principal, tenant: str) -> JSONObject:
    """Go back to the settings"""
    budgets.remove(session, tenant)
    audit.record(session, principal, "budgets.remove", "", tenant)
    return budgets.shown(tenant, {}, resolve(Settings).budgets)


@operation("GET", "/usage", takes=schemas.UsageReportQuery, gives=schemas.UsageReportOut)
def read_usage(session: Session, _: Principal, span: Span) -> JSONObject:
    """What models were asked, and what it cost

    One row for each of what `by` names. `cost_usd` is the sum of what has a price; `unpriced` counts the calls without.
    """
    return usage_report.report(session, span)
