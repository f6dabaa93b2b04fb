"""What the coach can say, by tone. ``{clause}`` is the person's own statement turned to "you"."""

from app.llm.offline.words import table

STYLES = ("supportive", "direct", "motivational", "analytical", "empathetic")

OPENINGS = {
    "supportive": (
        "I hear you: {clause}.",
        "Thank you for saying it as it is: {clause}.",
        "I'm glad you brought this here: {clause}.",
        "Let's give this some room: {clause}.",
        "That is worth a closer look: {clause}.",
    ),
    "direct": (
        "Here is what I heard: {clause}.",
        "To the point, then: {clause}.",
        "In short, {clause}.",
        "So this is where it stands: {clause}.",
        "Let's name it: {clause}.",
    ),
    "motivational": (
        "You put it into words, and that already counts: {clause}.",
        "Good that you said it out loud: {clause}.",
        "This is something we can work with: {clause}.",
        "Let's build on what you just said: {clause}.",
        "Here is our starting line: {clause}.",
    ),
    "analytical": (
        "Let me restate it to be sure: {clause}.",
        "The way I read it, {clause}.",
        "Taking what you said as the first observation: {clause}.",
        "Let's hold one thing steady: {clause}.",
        "The key fact in your message, as I see it: {clause}.",
    ),
    "empathetic": (
        "It sounds like {clause}.",
        "I can hear that there is something behind this: {clause}.",
        "What reaches me first is that {clause}.",
        "Let me stay with that for a moment: {clause}.",
        "There is a lot in this one line: {clause}.",
    ),
}
QUOTED = (
    "You wrote {quote}, and I'd like to stay with those words.",
    "I keep coming back to your words: {quote}.",
    "{quote}: let's look at that together.",
    "Your words were {quote}, so let's start right there.",
)
FOREIGN = (
    "Thank you for writing. I can only answer in English, so please correct me if I miss a nuance in your words.",
    "Thank you for telling me more. I'm answering in English again; say so if something gets lost on the way.",
    "I read your message. My answers come in English, and I'll keep them close to what I know about you.",
)
GREETINGS = (
    "Hello, it's good to have you here.{name}",
    "Hi, and welcome.{name}",
    "Hello, and thank you for making the time.{name}",
)
THANKS = ("You're welcome. Before you go, let's make it stick.", "Gladly. Let's use the moment for one more thought.")
NODS = (
    "Good, let's take it one step further.",
    "All right, then let's make it concrete.",
    "Fine, we'll go on from there.",
)
SHAKES = (
    "That's a clear answer too.",
    "Fair enough; let's come at it from another side.",
    "All right, we can leave that one.",
)
CRITIC = (
    "Thank you for saying that plainly; tell me what would help more.",
    "Fair point, and good to know. I'd rather be useful than polite.",
)
UNSURE = ("Not knowing yet is a fair place to be.", "It's all right not to have the answer ready.")

# Any of the stems on the left, and the sentence may follow the reflection.
FEELINGS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "tired": (
        table("tir exhaust drain sleepy fatigu weary burn burnt burnout"),
        (
            "Low energy changes what a fair plan looks like.",
            "Rest belongs to the plan as much as effort does.",
        ),
    ),
    "stressed": (
        table("stress overwhelm pressur busy hectic swamp overload deadlin"),
        (
            "When everything asks for attention at once, choosing one thing is already progress.",
            "A full head often needs less on the list before it needs more willpower.",
        ),
    ),
    "anxious": (
        table("anxiou worri worry nervou afraid scar fear panic dread"),
        (
            "Worry usually points at something you care about.",
            "We can make the unknown part of this a little smaller.",
        ),
    ),
    "sad": (
        table("sad cry cri lonely alon griev hopeless unhappy depress empty"),
        ("That sounds heavy, and there is no hurry here.", "You don't have to make this sound better than it is."),
    ),
    "frustrated": (
        table("frustrat annoy angry stuck fail skip behind quit procrastinat lazy lost"),
        (
            "Being stuck says more about the size of the step than about you.",
            "A plan that keeps slipping is telling us something useful about the plan.",
        ),
    ),
    "proud": (
        table("proud happy glad excit great finish complet manag success win won achiev celebrat enjoy"),
        ("That deserves a moment of credit.", "Notice what you did to make that happen, because you can do it again."),
    ),
}
LOW = frozenset({"tired", "stressed", "anxious", "sad", "frustrated"})

GOAL_NEAR = (
    "It ties in with your goal {goal}, {state}.",
    "I connect that with {goal}, {state}.",
    "Your goal {goal} belongs in this picture, {state}.",
    "This is close to {goal}, {state}.",
)
GOAL_FAR = (
    "On your list I see {goal}, {state}.",
    "For context, you are working on {goal}, {state}.",
    "I'm keeping your goal {goal} in view, {state}.",
)
GOAL_AGAIN = (
    "{goal} is still the thread I'd follow, {state}.",
    "Let's hold that next to {goal}, {state}.",
    "For {goal}, {state}, that is useful to know.",
    "I'd keep {goal} close by, {state}.",
    "All of this feeds into {goal}, {state}.",
)
NEXT_UP = (
    "The next milestone there is {next}{due}.",
    "What comes next on it is {next}{due}.",
    "Its next step is already written down: {next}{due}.",
)
JOURNAL = (
    "In your journal on {date} you wrote: {quote}{mood}.",
    "Your journal entry of {date} says {quote}{mood}.",
    "I also remember your line from {date}, {quote}{mood}.",
)
NOTES = (
    "Your progress note of {date} reads {quote}.",
    "On {date} you noted {quote}.",
)
EARLIER = (
    "Earlier you told me that {clause}.",
    "A little while ago you said that {clause}.",
    "It also fits with what you shared before, that {clause}.",
)
REMEMBERED = ("From our earlier talks I have this note: {quote}.", "My notes from before say {quote}.")
FOUND = ("Here is what I found: {finding}", "I looked it up: {finding}", "This is what came back: {finding}")
FOUND_NOTHING = "The lookup came back empty, so let's go on with what we have."
NO_DATA = (
    "I don't see any goals or journal entries of yours yet, so your own words are all we need to begin.",
    "There is nothing on your goal list so far, which leaves us free to start with what matters most.",
    "No goals are written down between us yet, and that's fine for thinking out loud.",
)

SLIDES = (
    "The slides are on their way and will appear beside our conversation.",
    "I am putting the slides together while we talk.",
    "Your slides will be there in a moment.",
)

QUESTIONS = {
    "goal": (
        "What made {goal} important to you in the first place?",
        "How would you notice that {goal} is moving again?",
        "If {goal} went well for two weeks, what would be different in your days?",
        "What have you already tried for {goal} that worked, even a little?",
        "On a scale from one to ten, how ready do you feel for {goal}, and what would lift that by one?",
        "What would have to be true this week for {goal} to move?",
        "What is the first thing others would notice if {goal} went better?",
        "Who could make {goal} a bit easier for you?",
        "When you think of {goal}, what tends to get in the way first?",
        "What could you drop so that {goal} gets a fair share of your time?",
    ),
    "start": (
        "What would you like to be different a month from now?",
        "Which part of your life would you most like to work on first?",
        "If we made good use of this conversation, what would you walk away with?",
        "Where do you already have a little momentum?",
        "What have you been putting off that keeps coming back to you?",
    ),
    "open": (
        "What matters most to you in this?",
        "What would a good enough outcome look like?",
        "What do you need more of right now, and what less?",
        "When did something like this go well before, and what helped?",
        "What would you tell a friend who was in the same spot?",
        "What is in your hands here, and what isn't?",
        "How do you want to feel about this by the end of the week?",
        "What are you not saying yet that might be useful to say?",
        "What has changed since this first came up?",
        "Which of your strengths could you lean on here?",
        "What is the smallest version of this that would still count?",
        "What would make it easier to begin than to wait?",
    ),
}
LEADS = {
    "supportive": ("If you'd like something small to try:", "One gentle next step:", "A step that asks little:"),
    "direct": ("Do this next:", "Your next move:", "One thing, today:"),
    "motivational": (
        "Here is a win within reach:",
        "Take this one while the energy is there:",
        "Let's get you moving:",
    ),
    "analytical": ("A small experiment:", "To get better data:", "A test that costs little:"),
    "empathetic": (
        "Only if it feels right:",
        "When you have the strength for it:",
        "Something kind you could do for yourself:",
    ),
}
STEPS = {
    "next": (
        "pick a day for {next} and put the first ten minutes of it in your calendar.",
        "write down the very first action of {next}, short enough to do today.",
        "do a half-size version of {next} and note afterwards how it went.",
        "tell one person when you will take on {next}.",
        "prepare whatever {next} needs tonight, so that starting takes no decision.",
        "choose a fallback for {next} that still counts on a bad day.",
    ),
    "goal": (
        "give {goal} fifteen quiet minutes in the next two days.",
        "split {goal} into three milestones and date only the first.",
        "write one line each evening on what helped {goal} and what held it back.",
        "remove one obstacle to {goal} before you add any new effort.",
        "choose a fixed time and place for {goal} and keep it for one week.",
        "look at how far {goal} has come and name one thing that got it there.",
    ),
    "open": (
        "write down in two lines what matters to you about this.",
        "name the one part of this that is yours to change.",
        "give it ten minutes on paper, without a plan and without a verdict.",
        "ask one person you trust how they see it.",
        "decide on one sentence you'd like to say about it, and to whom.",
        "choose the smallest thing that would make tomorrow a little lighter, and do it before noon.",
    ),
    "start": (
        "finish this sentence on paper: “a month from now I want to…”",
        "write down three things that took your energy this week and circle the one you can change.",
        "set a timer for five minutes and list everything on your mind, then mark one line.",
        "turn the one thing you care about most into a goal with a date.",
        "note tonight what went well today and what you did for it.",
        "choose one habit that takes two minutes and do it tomorrow before breakfast.",
    ),
}
SELF = (
    "I'm {name}the offline coach of this installation. I work without a language model: what I say is put together "
    "from set phrases, your own words, and the goals and journal entries that I can see. That makes me quick and "
    "private, and less nimble than a full model would be."
)
LISTED_QUESTIONS = (
    "Which of these would you like to give your attention to first?",
    "What stands out to you when you see it written down like this?",
    "What here surprises you?",
    "Where would a little effort make the biggest difference?",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
