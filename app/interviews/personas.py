"""Ready-made customers, for pages that offer a choice."""

from typing import Any

PERSONAS: tuple[dict[str, Any], ...] = (
    {
        "id": "early_stage_startup_founder", "name": "Sofia Marin", "role": "Startup Founder", "industry": "B2B SaaS",
        "background": "Founded a scheduling tool for clinics fourteen months ago with one co-founder and savings for "
        "eight more months. Talks to ten prospects a week and writes everything into a spreadsheet that nobody else "
        "can read. Lost a pilot customer in spring because two promises contradicted each other.",
        "avatar": "🚀", "tags": ["B2B", "early stage", "time-poor"],
    },
    {
        "id": "fitness_seeker_it_engineer", "name": "Arjun Rao", "role": "IT Engineer", "industry": "Software",
        "background": "Works from home on a support team across three time zones, gained eleven kilos in two years, "
        "and has paid for four fitness apps. Trains well for three weeks, then an on-call week breaks the rhythm. His "
        "daughter asked him to race her to the gate and he had to stop halfway.",
        "avatar": "🏃", "tags": ["B2C", "health", "habits"],
    },
    {
        "id": "clinic_manager", "name": "Helena Brandt", "role": "Clinic Manager", "industry": "Healthcare",
        "background": "Runs a physiotherapy clinic with nine therapists. Four people call in sick every month and she "
        "rebuilds the plan by phone before seven in the morning. Tried two scheduling systems; the therapists went "
        "back to the paper on the wall.",
        "avatar": "🩺", "tags": ["B2B", "operations"],
    },
    {
        "id": "first_time_manager", "name": "Tomas Novak", "role": "Team Lead", "industry": "E-commerce",
        "background": "Promoted from developer to lead of six former peers in January. Avoids hard conversations until "
        "they explode, does the critical tasks himself at night, and reads leadership books that he never finishes.",
        "avatar": "🧭", "tags": ["leadership", "B2C"],
    },
    {
        "id": "bakery_owner", "name": "Amara Okafor", "role": "Bakery Owner", "industry": "Food",
        "background": "Bakes for offices and two cafés, starts at two in the morning, and does the books on Sunday. "
        "Throws away a fifth of the bread because orders change after midnight by text message. Her brother wants her "
        "to open a second shop.",
        "avatar": "🥖", "tags": ["small business", "local"],
    },
)  # fmt: skip


def find(persona_id: str) -> dict[str, Any] | None:
    return next((persona for persona in PERSONAS if persona["id"] == persona_id), None)
