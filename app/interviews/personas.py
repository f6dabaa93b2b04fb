"""Who is interviewed, and ready-made customers for pages that offer a choice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    role: str
    industry: str
    background: str


@dataclass(frozen=True, slots=True)
class ReadyPersona:
    id: str
    persona: Persona
    avatar: str
    tags: tuple[str, ...]


PERSONAS = (
    ReadyPersona(
        "early_stage_startup_founder", Persona("Sofia Marin", "Startup Founder", "B2B SaaS",
        "Founded a scheduling tool for clinics fourteen months ago with one co-founder and savings for "
        "eight more months. Talks to ten prospects a week and writes everything into a spreadsheet that nobody else "
        "can read. Lost a pilot customer in spring because two promises contradicted each other."),
        "🚀", ("B2B", "early stage", "time-poor"),
    ),
    ReadyPersona(
        "fitness_seeker_it_engineer", Persona("Arjun Rao", "IT Engineer", "Software",
        "Works from home on a support team across three time zones, gained eleven kilos in two years, "
        "and has paid for four fitness apps. Trains well for three weeks, then an on-call week breaks the rhythm. His "
        "daughter asked him to race her to the gate and he had to stop halfway."),
        "🏃", ("B2C", "health", "habits"),
    ),
    ReadyPersona(
        "clinic_manager", Persona("Helena Brandt", "Clinic Manager", "Healthcare",
        "Runs a physiotherapy clinic with nine therapists. Four people call in sick every month and she "
        "rebuilds the plan by phone before seven in the morning. Tried two scheduling systems; the therapists went "
        "back to the paper on the wall."),
        "🩺", ("B2B", "operations"),
    ),
    ReadyPersona(
        "first_time_manager", Persona("Tomas Novak", "Team Lead", "E-commerce",
        "Promoted from developer to lead of six former peers in January. Avoids hard conversations until "
        "they explode, does the critical tasks himself at night, and reads leadership books that he never finishes."),
        "🧭", ("leadership", "B2C"),
    ),
    ReadyPersona(
        "bakery_owner", Persona("Amara Okafor", "Bakery Owner", "Food",
        "Bakes for offices and two cafés, starts at two in the morning, and does the books on Sunday. "
        "Throws away a fifth of the bread because orders change after midnight by text message. Her brother wants her "
        "to open a second shop."),
        "🥖", ("small business", "local"),
    ),
)  # fmt: skip


def find(persona_id: str) -> Persona | None:
    return next((ready.persona for ready in PERSONAS if ready.id == persona_id), None)
