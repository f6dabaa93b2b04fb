"""What the demo person wants and writes. ``begun``, ``quiet``, ``ago`` and notes count days back from today; ``due`` and
steps count forward, negative ones are done."""

from typing import Any

GOALS: dict[str, dict[str, Any]] = {
    "run": {
        "title": "Run a 5K", "category": "health", "status": "in_progress", "begun": 40, "due": 37, "quiet": 1,
        "description": "Finish the winter park run without walking. It is about having energy again, not about the time.",
        "steps": [
            ("Buy proper shoes", -35), ("Run 1K without a break", -24), ("Run 2K without a break", -10),
            ("Run 3K without a break", 12), ("Run the 5K course once, slowly", 30),
        ],
        "notes": [
            (24, "First full kilometre without stopping. Slower than the dog walkers, still grinning."),
            (10, "2K done. The trick was to start slower than felt sensible."),
            (2, "2.4K, knees fine. Breathing gets calm after the first ten minutes."),
        ],
    },
    "read": {
        "title": "Read 12 books this year", "category": "learning", "status": "in_progress", "begun": 300, "due": 41,
        "quiet": 5, "description": "One book a month, on paper, instead of scrolling in bed.",
        "steps": [
            ("Three books by spring", -220), ("Six books by summer", -130), ("Nine books by autumn", -20),
            ("Twelve books by New Year's Eve", 41),
        ],
        "notes": [(20, "Nine done. 'The Overstory' took a month and was worth it."), (5, "Halfway through number ten.")],
    },
    "site": {
        "title": "Launch the portfolio site", "category": "career", "status": "in_progress", "begun": 55, "due": 24,
        "quiet": 4, "description": "Three case studies, a short about page, a way to contact me. Good enough beats perfect.",
        "steps": [
            ("Choose three projects", -40), ("Write the first case study", -12), ("Write the other two", 8),
            ("Ask Mara for an honest review", 15), ("Go live", 24),
        ],
        "notes": [
            (12, "First case study is written. Hardest part was saying what I did, not what we did."),
            (4, "Opened the second one twice and closed it twice."),
        ],
    },
    "fund": {
        "title": "Save a three-month emergency fund", "category": "financial", "status": "not_started", "begun": 15,
        "due": 200, "quiet": 15, "description": "Enough to say no to a bad client.",
        "steps": [("Open a separate account", 10), ("First 1,000", 60), ("Half of it", 130), ("All of it", 200)],
        "notes": [],
    },
    "sleep": {
        "title": "Phone out of the bedroom", "category": "personal", "status": "completed", "begun": 60, "due": -9,
        "quiet": 9, "description": "An old alarm clock instead.",
        "steps": [("Buy an alarm clock", -50), ("Two weeks in a row", -9)],
        "notes": [(9, "Two weeks. I fall asleep about half an hour earlier.")],
    },
}  # fmt: skip

ENTRIES: dict[str, dict[str, Any]] = {
    "today": {
        "ago": 0, "title": "A better morning", "mood": "hopeful", "tags": ["running", "morning"], "goals": ["run"],
        "content": "Ran before work for the first time this week. Cold, empty path, the lake steaming. I did not look at"
        " the watch once, and only noticed at the bridge that I had not stopped.",
    },
    "second-case": {
        "ago": 1, "title": "Avoiding the second case study", "mood": "frustrated", "tags": ["work", "writing"],
        "goals": ["site"],
        "content": "Cleaned the kitchen, answered mail, sorted cables. Anything but writing. I think I am afraid that"
        " the project looks small once it is on a page. Mara said small and finished is a genre.",
    },
    "knees": {
        "ago": 2, "title": "2.4 kilometres", "mood": "proud", "tags": ["running"], "goals": ["run"],
        "content": "2.4K and the knees held. The first ten minutes are always the worst; I keep forgetting that.",
    },
    "client": {
        "ago": 3, "title": "The Thursday call", "mood": "anxious", "tags": ["work", "stress"],
        "content": "The client moved the deadline again and I said yes before I had thought. Sat there afterwards with"
        " my heart going. I would like to learn the sentence 'let me check and come back to you'.",
    },
    "book-ten": {
        "ago": 5, "title": "Half of book ten", "mood": "calm", "tags": ["reading"], "goals": ["read"],
        "content": "Read sixty pages on the sofa with the rain going. Forgot the time, which is the whole point.",
    },
    "dad": {
        "ago": 6, "title": "Called Dad", "mood": "grateful", "tags": ["family"],
        "content": "We talked for an hour about his tomatoes. He asked twice whether I sleep enough. I should call more.",
    },
    "skipped": {
        "ago": 7, "title": "Skipped it", "mood": "tired", "tags": ["running", "sleep"], "goals": ["run"],
        "content": "Slept badly, rain, no run. Told myself I would go in the evening and did not. Not a catastrophe,"
        " but it is the third Friday in a row.",
    },
    "mara": {
        "ago": 8, "title": "Lunch with Mara", "mood": "happy", "tags": ["friends", "work"], "goals": ["site"],
        "content": "She offered to review the site when it has three pages. Now it is real. I said the end of the month.",
    },
    "clock": {
        "ago": 9, "title": "Two weeks without the phone", "mood": "proud", "tags": ["sleep", "habits"], "goals": ["sleep"],
        "content": "The alarm clock is ugly and it works. Two weeks. I wake up and the first thing is a window, not news.",
    },
    "two-k": {
        "ago": 10, "title": "2K!", "mood": "excited", "tags": ["running", "wins"], "goals": ["run"],
        "content": "Two kilometres without a break. Started so slowly that a grandmother with a stroller overtook me,"
        " and then I simply kept going.",
    },
    "invoice": {
        "ago": 11, "title": "Money worries", "mood": "worried", "tags": ["money"], "goals": ["fund"],
        "content": "One invoice is forty days late. I did the sums at midnight, which is never the hour for sums. If"
        " there were three months in the bank this would be an annoyance and not a fear.",
    },
    "case-one": {
        "ago": 12, "title": "First case study done", "mood": "relieved", "tags": ["writing", "wins"], "goals": ["site"],
        "content": "Wrote 'I' instead of 'we' in the whole text, then read it aloud. It sounds like someone I would hire.",
    },
    "walk": {
        "ago": 14, "title": "Long walk instead", "mood": "calm", "tags": ["nature"],
        "content": "Knee felt odd, so I walked for two hours along the river. Good ideas arrive at walking speed.",
    },
    "sister": {
        "ago": 15, "title": "Argument with Lena", "mood": "sad", "tags": ["family"],
        "content": "We argued about the holidays again. I went quiet, as I do. What I wanted to say: I want to be asked,"
        " not told.",
    },
    "sorry": {
        "ago": 16, "title": "Lena wrote first", "mood": "relieved", "tags": ["family"],
        "content": "She said sorry, I said sorry. We will split the days. I told her about being asked; she had not known.",
    },
    "meeting": {
        "ago": 18, "title": "Said no once", "mood": "proud", "tags": ["work", "boundaries"],
        "content": "Declined a meeting without an agenda. Nobody died. Used the hour for the portfolio.",
    },
    "overstory": {
        "ago": 20, "title": "Finished The Overstory", "mood": "moved", "tags": ["reading", "wins"], "goals": ["read"],
        "content": "A month with one book. I look at the chestnut outside differently now. Nine done, three to go.",
    },
    "doctor": {
        "ago": 22, "title": "Check-up", "mood": "neutral", "tags": ["health"],
        "content": "All values fine. She said: keep running, sleep more, the rest is noise.",
    },
    "one-k": {
        "ago": 24, "title": "One kilometre", "mood": "happy", "tags": ["running", "wins"], "goals": ["run"],
        "content": "One whole kilometre. I had thought that people who run are another species.",
    },
    "tired": {
        "ago": 26, "title": "Flat", "mood": "tired", "tags": ["work"],
        "content": "Eight hours of calls. I was friendly in all of them and have nothing left for myself.",
    },
    "choir": {
        "ago": 28, "title": "Back at choir", "mood": "grateful", "tags": ["music", "friends"],
        "content": "First rehearsal since spring. My voice cracked on the high line and it did not matter at all.",
    },
    "month": {
        "ago": 30, "title": "What I want from this month", "mood": "hopeful", "tags": ["planning"],
        "goals": ["run", "site", "read"],
        "content": "Run without stopping, write without hiding, read without the phone. If two of three work, it is a"
        " good month.",
    },
}  # fmt: skip
