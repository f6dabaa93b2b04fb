"""Words that tell of joy, anger or sadness, and how strongly. A ``*`` stands for any ending."""

JOY = {
    2.0: "happy happi* joy* delight* thrill* ecstatic overjoy* elat* jubilant bliss* euphori* love loved loving adore*"
    " amazing awesome fantastic wonderful* fabulous brilliant* marvel* magnificent incredible proud proudly pride"
    " congrat* celebrat* hooray hurray yay woohoo cheer* excited exciting excitement victory triumph* gratitude"
    " grateful* thankful* 😀 😃 😄 😁 😊 😍 🥰 🎉 🥳 😂 ❤ 💖",
    1.0: "glad pleased enjoy* smil* laugh* fun excellent superb beautiful* great terrific inspir* optimis* hopeful"
    " confident* blessed relieved win wins winning won succeed* success* accomplish* achieved achievement thanks"
    " perfect* lovely delicious comfort* content* motivated energi* bravo well-done 🙂 👍 👏",
    0.5: "good nice better best likes liked calm pleasant* hope hopes progress welcome",
}
ANGER = {
    2.0: "angry anger* angri* furious* fury rage raging enrag* outrag* hate hated hates hating hatred livid infuriat*"
    " disgust* despise* resent* fuming seething hostile irate damn damned goddamn idiot* bullshit betray* unfair*"
    " unacceptable 😠 😡 🤬 👿",
    1.0: "mad annoy* irritat* frustrat* aggravat* offend* offensive insult* rude* blame* complain* argue* argument"
    " stupid* ridiculous* nonsense jealous* revenge yell* shout* scream* cheat* lied liar lies disrespect* intolerab*"
    " injustice bitter* hell shut 😤",
    0.5: "upset unhappy bother* attack* fight* wrong* demand*",
}
SADNESS = {
    2.0: "sad sadd* sadness sadly depress* miserab* heartbroken heartbreak* grief griev* mourn* sorrow* hopeless*"
    " despair* devastat* cry cries cried crying tear tears weep* wept lonely loneliness alone worthless* tragic*"
    " tragedy suicid* gloomy melanchol* anguish* 😢 😭 😞 😔 💔",
    1.0: "unhapp* lost loss losing lose disappoint* regret* sorry hurt* pain* suffer* miss missed missing empty"
    " emptiness exhausted hopelessness discourag* defeated fail* rejected rejection abandon* ashamed shame guilt*"
    " broken died dead death dying funeral helpless* homesick gave-up given-up struggling overwhelm* 🙁 ☹",
    0.5: "tired upset worr* afraid scared anxious* hard difficult* unfortunate* lack* stuck",
}
PHRASES = {
    "fed up": "ANGER", "sick of": "ANGER", "pissed off": "ANGER", "had enough": "ANGER", "can't stand": "ANGER",
    "how dare": "ANGER", "drives me": "ANGER", "makes me mad": "ANGER", "let down": "SADNESS", "give up": "SADNESS",
    "passed away": "SADNESS", "in tears": "SADNESS", "no hope": "SADNESS", "burned out": "SADNESS",
    "burnt out": "SADNESS", "feel down": "SADNESS", "feels down": "SADNESS", "feeling down": "SADNESS",
    "felt down": "SADNESS", "feel so down": "SADNESS", "am down": "SADNESS", "looking forward": "JOY",
    "well done": "JOY", "good job": "JOY", "great job": "JOY", "over the moon": "JOY",
    "can't wait": "JOY", "so good": "JOY",
}  # fmt: skip
NEGATIONS = frozenset(
    "not no never nothing nobody hardly barely without cannot isn't aren't wasn't weren't don't doesn't didn't can't"
    " couldn't won't wouldn't shouldn't haven't hasn't hadn't ain't neither nor".split()
)
UNSTOPPED = frozenset("stop help".split())  # "can't stop crying" is no negation
STRONGER = frozenset(
    "very so really extremely incredibly absolutely totally truly deeply utterly completely such too super"
    " terribly awfully especially insanely".split()
)
WEAKER = frozenset("slightly somewhat bit little fairly rather kinda sorta mildly".split())
