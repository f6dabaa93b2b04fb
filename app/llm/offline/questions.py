"""What the coach of a session asks, topic by topic."""

OPENINGS = {
    "core_values": (
        "Welcome! Let's explore the core values {whose}: the few things that you really act by, in your own words. It "
        "takes about ten messages, and you can pause at any time."
    ),
    "purpose": (
        "Welcome! Let's find the purpose {whose}: why it exists beyond making money. It takes about ten messages, and "
        "you can pause at any time."
    ),
    "vision": (
        "Welcome! Let's draw the vision {whose}: a picture of the future that is worth working for. It takes about ten "
        "messages, and you can pause at any time."
    ),
}
FIRST = {
    "core_values": "To begin: tell me about one moment in which you were proud of how {who} acted. What happened?",
    "purpose": "To begin: if {who} closed tomorrow, who would miss it most, and what would they miss?",
    "vision": "To begin: how many years ahead would you like to look, and what do you hope to see first at {who}?",
}
DEEPER = {
    "core_values": (
        "What did that cost you, and why was it worth it?",
        "When did something at work make you really angry, and what was missing there?",
        "What is still missing from that picture?",
        "Think of somebody whom you would hire again at once: what do they do on an ordinary day that others don't?",
        "Which of these would you keep even if it lost you money next year?",
        "Where do you fall short of it yourselves, and what happens then?",
        "If somebody new watched you for a week, what would they say matters most here?",
        "When did you let somebody go, or nearly did, because something mattered more than results?",
        "If only one of these could stay, which one would it be, and why?",
    ),
    "purpose": (
        "Why does that matter to them?",
        "And why does it matter to you? Where in your own life does that wish come from?",
        "What would be missing in the world without it?",
        "Tell me about one person whose life went differently because of what you do. What changed?",
        "When did you last say no to money because something else mattered more?",
        "What makes you angry about how others in your field do it?",
        "What would still be worth doing if nobody ever thanked you for it?",
        "What do you hope people say about you in thirty years?",
        "How would you put all of that in one sentence?",
    ),
    "vision": (
        "Walk with me through an ordinary day then: who is there, and what are they doing?",
        "What do customers say about you then that they don't say today?",
        "What has become of today's biggest problem?",
        "What could one count or see that proves it has come true?",
        "What have you stopped doing by then?",
        "Who had to join you to make it possible?",
        "What part of it scares you a little?",
        "Which of these would you be proudest of?",
        "What is the first sign of it that you could see within a year?",
    ),
}
LAST = (
    "That was the last message of this session. Complete it whenever you are ready, and what you found is written down."
)
