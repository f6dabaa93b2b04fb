"""``python -m bench.visemes``: draws the mouth's curves for one sentence into ``docs/visemes.svg``."""

from pathlib import Path

from app.speech import visemes
from app.speech.embedded import EspeakSynthesizer
from app.speech.engines import Engines
from app.speech.interfaces import Sound
from app.speech.mouth_shapes import COLUMNS
from app.speech.visemes import Visemes

SENTENCE = "Maybe Bob and my mom moved a blue piano."
TARGET = Path(__file__).parents[1] / "docs" / "visemes.svg"
CURVES = {
    "jawOpen": "#d1495b", "mouthClose": "#2e4057", "mouthPucker": "#2a9d8f", "mouthFunnel": "#8ab17d",
    "mouthStretchLeft": "#e9a13b", "tongueOut": "#9b5de5",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP = 960, 300, 50, 40


def main() -> None:
    engines = Engines(("tts",), {}, count=1, waiting_share=1, hold_seconds=0.05)
    sound = EspeakSynthesizer(engines).synthesize(SENTENCE, "", 10)
    engines.close()
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(_picture(sound, visemes.of(sound)))
    print(TARGET.name)


def _picture(sound: Sound, curves: Visemes) -> str:
    lines = [_curve(name, colour, curves, sound.duration) for name, colour in CURVES.items()]
    legend = [_legend(at, name, colour) for at, (name, colour) in enumerate(CURVES.items())]
    size = f'width="{WIDTH + 2 * LEFT}" height="{HEIGHT + TOP + 70}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    title = _text(LEFT, 20, f"“{SENTENCE}” {sound.duration:.2f} s, {len(curves.rows)} rows", "#222222")
    return "\n".join([head, ground, title, *_marks(sound), *_grid(), *lines, *legend, "</svg>"]) + "\n"


def _curve(name: str, colour: str, curves: Visemes, duration: float) -> str:
    column = COLUMNS.index(name)
    pairs = zip(curves.times, (row[column] for row in curves.rows), strict=True)
    points = " ".join(f"{_x(time, duration):.1f},{_y(value):.1f}" for time, value in pairs)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _marks(sound: Sound) -> list[str]:
    """Each phoneme below its time, with a band where the lips have to meet."""
    drawn = []
    for mark in sound.marks:
        start, end = _x(mark.start, sound.duration), _x(mark.end, sound.duration)
        if mark.symbol in ("m", "b", "p"):
            drawn.append(
                f'<rect x="{start:.1f}" y="{TOP}" width="{end - start:.1f}" height="{HEIGHT}" fill="#eef1f6"/>'
            )
        drawn.append(_text((start + end) / 2, TOP + HEIGHT + 18, mark.symbol, "#444444", "middle"))
    return drawn


def _grid() -> list[str]:
    lines = []
    for value in (0.0, 0.5, 1.0):
        lines.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{_y(value)}" y2="{_y(value)}" stroke="#dddddd"/>')
        lines.append(_text(LEFT - 8, _y(value) + 4, f"{value:g}", "#888888", "end"))
    return lines


def _legend(at: int, name: str, colour: str) -> str:
    return _text(LEFT + at * 150, TOP + HEIGHT + 50, f"— {name}", colour)


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def _x(time: float, duration: float) -> float:
    return LEFT + WIDTH * time / duration


def _y(value: float) -> float:
    return TOP + HEIGHT * (1 - value)


if __name__ == "__main__":
    main()
