"""Every name that a prompt may use: its type, the source that it comes from, and the JMESPath to it in that source."""

from dataclasses import dataclass

from app.workspace.sources.interfaces import Source

TYPES = {"s": "string", "i": "integer", "n": "number", "b": "boolean", "a": "array", "o": "object"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """``path`` is read in the source's document; "" means the whole of it, or what the caller sent."""

    name: str
    type: str
    source: Source
    path: str
    description: str


def _of(source: Source, *rows: str) -> dict[str, Parameter]:
    """Rows of ``name/alias:type path | description``."""
    found = {}
    for row in rows:
        facts, _, description = row.partition(" | ")
        head, _, path = facts.partition(" ")
        names, _, kind = head.partition(":")
        for name in names.split("/"):
            found[name] = Parameter(name, TYPES[kind], source, path.strip() or "@", description)
    return found


VISION = "identity.vision || vision"  # in its section, or plainly
PURPOSE = "identity.purpose || purpose"
VALUES = "identity.values || identity.coreValues || coreValues || core_values"
FOUNDATION = (
    "{name: profile.businessName, description: profile.businessDescription, industry: profile.industry, "
    f"stage: profile.companyStage, vision: {VISION}, purpose: {PURPOSE}, core_values: {VALUES}, "
    "who_we_serve: identity.whoWeServe, niche: market.nicheStatement, icas: market.icas, products: products, "
    "proposition: proposition, model: model}"
)

PARAMETERS: dict[str, Parameter] = {
    **_of(
        Source.ONBOARDING,
        f"business_foundation/business_context:o {FOUNDATION} | What the business is, wants and stands for",
        f"vision:s {VISION} | The organization's vision statement",
        f"purpose:s {PURPOSE} | The organization's purpose statement",
        f"core_values/coreValues:a {VALUES} | Core values, each with a name and what it means",
        "icas:a market.icas | Ideal client avatars: demographics, goals, pain points",
        "pillars:a pillars || [profile, identity, market, products, proposition, model] | The foundation's pillars",
        "industry:s profile.industry | Industry",
        "sub_industry:s profile.subIndustry | Part of the industry",
        "business_type:s model.types && join(', ', to_array(model.types)) || profile.businessType | Type of business",
        "business_stage/company_stage:s profile.companyStage | Stage of the business",
        "company_size:s profile.companySize | Size of the business",
        "revenue_range:s profile.revenueRange | Range of yearly revenue",
        "year_founded:i profile.yearFounded | Year of foundation",
        "geographic_focus:a profile.geographicFocus | Where the business works",
        "website:s profile.website | Its website",
        "business_description:s profile.businessDescription | What the business does",
        "company_name/business_name/businessName:s profile.businessName || businessName | Name of the business",
        "vision_timeframe:s identity.visionTimeframe | When the vision is to be reached",
        "who_we_serve:s identity.whoWeServe | Whom the business serves",
        "niche_statement:s market.nicheStatement | The niche",
        "target_market:s market.nicheStatement || identity.whoWeServe | The market that is meant",
        "market_size:s market.marketSize | Size of the market",
        "growth_trend:s market.growthTrend | How the market grows",
        "market_characteristics:a market.characteristics | What marks the market",
        "products:a products | Products and services",
        "value_proposition:s proposition.valueProposition || proposition.uniqueSellingProposition | What it promises",
        "unique_value_proposition:s proposition.uniqueSellingProposition | What it promises",
        "unique_selling_proposition:s proposition.uniqueSellingProposition | What sets it apart",
        "key_differentiators:a proposition.keyDifferentiators | What sets it apart, in points",
        "competitive_advantages:a proposition.competitiveAdvantages || proposition.competitiveAdvantage | Advantages",
        "brand_promise:s proposition.brandPromise | The brand's promise",
        "positioning_statement:s proposition.positioningStatement || proposition.marketPosition | Its position",
        "business_model_types:a model.types | Kinds of business model",
        "pricing_strategy:s model.pricingStrategy | How it prices",
        "distribution_channels:a model.distributionChannels | How it sells",
        "revenue_streams:a model.revenueStreams || model.[primaryRevenueStream, secondaryRevenueStreams][] | Revenue",
        "key_partnerships:a model.keyPartnerships || model.keyPartners | Partners",
        "onboarding_niche:s onboarding.niche || step3.niche || market.nicheStatement | The niche so far",
        "onboarding_ica:s onboarding.ica || step3.ica || market.icas[0] | The ideal client so far",
        "onboarding_value_proposition:s onboarding.valueProposition || step3.valueProposition"
        " || proposition.uniqueSellingProposition | The value proposition so far",
        "onboarding_products:a products | The products so far",
        "onboarding_business_name:s businessName || profile.businessName | Name of the business",
    ),
    **_of(
        Source.GOAL,
        "goal:o | The goal",
        "goal_name:s title || name | Name of the goal",
        "goal_title:s title || name | Title of the goal",
        "goal_description:s description | What it is about",
        "goal_intent/goalIntent:s intent || description | What it is meant to achieve",
        "goal_status:s status | Status of the goal",
        "goal_progress:i progress | Progress in percent",
        "goal_due_date:s dueDate || targetDate || endDate | When it is due",
    ),
    **_of(
        Source.GOALS,
        "goals/goals_list/other_goals:a | The caller's goals",
        "goals_count:i length(@) | How many goals",
        "goals_summary:s join('; ', [].(title || name)) | The goals' names",
    ),
    **_of(
        Source.STRATEGY,
        "strategy:o | The strategy",
        "strategy_name:s name || title | Name of the strategy",
        "strategy_description:s description | What it is about",
        "strategy_status:s status | Status of the strategy",
        "strategy_type:s type | Kind of strategy",
        "strategy_progress:i progress | Progress in percent",
        "strategy_owner_name:s ownerName | Who owns it",
        "strategy_goal_id:s goalId | The goal that it serves",
        "strategy_alignment_score:i alignmentScore | Alignment with the foundation",
        "strategy_alignment_explanation:s alignmentExplanation | Why it is aligned",
    ),
    **_of(
        Source.STRATEGIES,
        "strategies/existing_strategies/current_strategies/strategies_for_goal:a | All strategies",
        "existing_strategies_for_goal:a | All strategies",
        "strategies_count:i length(@) | How many strategies",
    ),
    **_of(
        Source.MEASURE,
        "measure:o | The measure",
        "measure_name:s name || title | Name of the measure",
        "measure_description:s description | What it measures",
        "measure_unit:s unit | Its unit",
        "measure_direction:s direction | up, down or maintain",
        "measure_type:s type | Kind of measure",
        "measure_category:s category | Its category",
        "measure_current_value:n currentValue | Its value now",
        "measure_owner_name:s ownerName | Who owns it",
    ),
    **_of(
        Source.MEASURES,
        "measures/existing_measures/current_measures:a | All measures",
        "measures_count:i length(@) | How many measures",
        "measures_summary:o {count: length(@), measures: [].{name: name, value: currentValue, unit: unit,"
        " target: targetValue, trend: trend}} | All measures in short",
        "at_risk_measures:a [?status == 'at_risk'] | Measures at risk",
    ),
    **_of(
        Source.ACTION,
        "action:o | The action",
        "action_title:s title || name | Title of the action",
        "action_description:s description | What is to be done",
        "action_status:s status | Status of the action",
        "action_priority:s priority | Its priority",
        "action_due_date:s dueDate | When it is due",
        "action_progress:i progress | Progress in percent",
        "action_assigned_to:s assignedPersonName | Who does it",
        "action_estimated_hours:n estimatedHours | Hours estimated",
        "action_actual_hours:n actualHours | Hours spent",
        "action_connections:o connections | What it is connected to",
    ),
    **_of(
        Source.ACTIONS,
        "actions:a | All actions",
        "actions_count:i length(@) | How many actions",
        "pending_actions_count:i length([?status == 'not_started' || status == 'in_progress']) | Actions still open",
    ),
    **_of(
        Source.ISSUE,
        "issue:o | The issue",
        "issue_title:s title || name | Title of the issue",
        "issue_description:s description | What is wrong",
        "issue_status:s status || statusConfigId | Status of the issue",
        "issue_priority:s priority | Its priority",
        "issue_impact:s impact | Its impact",
        "issue_assigned_to:s assignedPersonName | Who works on it",
        "issue_reporter:s reporterName | Who reported it",
        "issue_tags:a tags | Its tags",
        "issue_connections:o connections | What it is connected to",
    ),
    **_of(
        Source.ISSUES,
        "issues:a | All issues",
        "issues_count:i length(@) | How many issues",
        "critical_issues_count:i length([?priority == 'critical']) | Critical issues",
    ),
    **_of(
        Source.PERSON,
        "person:o | The person",
        "person_name:s name || displayName | Name of the person",
        "person_email:s email | Their address",
        "person_role:s role | Their role",
        "person_department:s departmentName | Their department",
        "person_position:s positionName | Their position",
    ),
    **_of(Source.PEOPLE, "people:a | All people", "people_count:i length(@) | How many people"),
    **_of(Source.DEPARTMENTS, "departments:a | All departments", "departments_count:i length(@) | How many"),
    **_of(
        Source.POSITION,
        "position:o | The position",
        "position_name:s name || title | Name of the position",
        "position_role_name:s role.name | Its role",
    ),
    **_of(Source.POSITIONS, "positions:a | All positions", "positions_count:i length(@) | How many positions"),
    **_of(
        Source.WEBSITE,
        "website_content:s text | Text of the website",
        "website_title:s title | Title of the website",
        "meta_description:s description | What the website says of itself",
        "website_pages:a pages | The pages that were read",
    ),
    **_of(Source.CONVERSATION, "conversation_history:a | What has been said so far"),
    **_of(
        Source.COMPUTED,
        "tenant_id:s tenant_id | The tenant",
        "user_id:s user_id | The caller",
        "today:s today | Today's date in UTC",
    ),
}
