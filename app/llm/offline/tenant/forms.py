"""Intents and plans with gaps for what a business says of itself."""

# title, intent, why, what it strengthens
INTENTS = (
    (
        "A Result That Can Be Counted",
        "{goal}: with one number, one date, and one person who keeps count.",
        "A number and a date let the team tell success from effort",
        ("Clarity", "Measurability"),
    ),
    (
        "The People Who Notice",
        "{goal}, so that {who} notice the difference themselves.",
        "It names the people for whom something changes, so that they can be asked",
        ("Focus", "Motivation"),
    ),
    (
        "The Reason Behind It",
        "{goal}, because {purpose}.",
        "It ties the work to the reason for which the business exists",
        ("Purpose", "Endurance"),
    ),
)

# title, what, why, difficulty, time, impact, what it needs first, hands
PLANS = (
    ("Lead with: {product}", "Offer “{product}” first, and show how it answers {pain}.",
     "It is the part of your offer that clients can judge soonest, and it leads to {goal}.",
     "medium", "6 weeks", "high", "One finished example of “{product}”", "One person for two days a week"),
    ("Ask before building more", "Talk to five {who} about {pain}, and let the answers decide the next step to {goal}.",
     "It costs days, and it tells which of the other plans is worth weeks.",
     "low", "2 weeks", "medium", "A list of five names", "Five conversations of an hour"),
    ("Show the promise at work", "Put one finished example of {promise} where clients decide.",
     "A promise that can be seen needs no explaining, and it carries {goal}.",
     "medium", "2 months", "high", "The consent of one client", "A day for words and pictures"),
    ("One owner, one weekly look", "Give {goal} one owner, three dated steps, and ten minutes every week.",
     "What is looked at every week gets done; most plans fail for want of that.",
     "low", "1 month", "medium", "Somebody who wants to own it", "Ten minutes a week of everybody"),
    ("Stop what doesn't serve it", "List what takes time and doesn't serve {goal}, and stop one thing.",
     "The hours for anything new have to come from somewhere.",
     "medium", "3 weeks", "medium", "A list of what everybody does in a week", "One hour with the whole team"),
)  # fmt: skip
