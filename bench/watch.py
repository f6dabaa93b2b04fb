"""``python -m bench.watch``: what looking at a model's words costs for each delta, and how many wait for more.

Prints processor microseconds per delta of a consumer that only collects, without and with the watch, and the ratio of
what a delta costs on its whole way with it and without it. Deltas are words.
"""

import re
import time
from collections.abc import Callable, Iterator
from itertools import islice, repeat

from app.care.output import Watch
from app.care.output_phrases import ALL
from app.care.own_text import OwnText
from app.llm.interfaces import Caller, Request

ROUNDS, DELTAS = 5, 20_000
WHOLE_WAY = 80.0  # processor microseconds of a delta from the vendor to the client, without the watch: `make bench`, 600 streams
TEXTS = {
    "no word of an anchor": "Perhaps walking together before breakfast would bring some calm into those mornings.",
    "coaching": "You have been carrying a lot this week. It sounds like the talk with your manager left you tired and unsure."
    " What would a good next step look like for you? You could write down two things that went well today. Take ten minutes"
    " tomorrow morning to plan the call, and be kind to yourself. You said that sleep is the biggest problem.",
    "German": "Du hast in dieser Woche viel getragen. Was wäre ein guter nächster Schritt für dich? Nimm dir morgen früh zehn"
    " Minuten, um das Gespräch zu planen, und sei freundlich zu dir. Das klingt nach einer schönen Idee.",
    "Chinese": "这一周你承受了很多。下一步你想从哪里开始？明天早上给自己十分钟，把谈话计划好，也对自己好一点。",
    "anchors in each sentence": "Suicide prevention is a hard topic. Never kill yourself over a meeting that went wrong.",
}
REQUEST = Request(Caller("bench"), (), "You are a coach. " * 100)


def main() -> None:
    print(f"{'µs per delta':26}{'without':>9}{'with':>9}{'whole way: ratio':>18}{'held':>7}")
    for name, text in TEXTS.items():
        pieces = re.findall(r"\s*[^\s\u3000-\u9fff]+|[\u3000-\u9fff]{1,2}", text)
        deltas = [piece for some in repeat(pieces, DELTAS // len(pieces)) for piece in some]
        bare, watched = best(collect, deltas), best(watch, deltas)
        feed = Watch(ALL, OwnText(REQUEST)).feed
        held = sum(not feed(delta) for delta in deltas) / len(deltas)
        print(f"{name:26}{bare:9.2f}{watched:9.2f}{(WHOLE_WAY + watched - bare) / WHOLE_WAY:18.2f}{held:7.0%}")


def best(consume: Callable[[list[str]], object], deltas: list[str]) -> float:
    """Microseconds of processor per delta, in the best of a few rounds."""
    consume(deltas)  # warm
    return min(islice(_rounds(consume, deltas), ROUNDS)) / len(deltas) * 1e6


def _rounds(consume: Callable[[list[str]], object], deltas: list[str]) -> Iterator[float]:
    while True:
        began = time.process_time()
        consume(deltas)
        yield time.process_time() - began


def collect(deltas: list[str]) -> None:
    said: list[str] = []
    for delta in deltas:
        said.append(delta)


def watch(deltas: list[str]) -> None:
    said, feed = [], Watch(ALL, OwnText(REQUEST)).feed
    for delta in deltas:
        said.append(feed(delta))


if __name__ == "__main__":
    main()
