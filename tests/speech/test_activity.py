"""Nobody speaks: no recogniser is asked, and none is believed."""

from typing import Any

import numpy as np
import pytest

from app.speech.activity import has_speech
from app.speech.embedded import EmbeddedRecognizer, EspeakSynthesizer
from app.speech.engines import Engines
from app.speech.hallucinations import without_hallucinations
from app.speech.interfaces import ErrorKind, SpeechError
from app.speech.registry import Speech
from tests.double.client import Double
from tests.double.speech import encoded
from tests.speech.conftest import samples_of

RATE = 16_000
TIME = np.arange(3 * RATE) / RATE
NOISE = np.random.default_rng(7).normal(size=3 * RATE)
HUM = sum(np.sin(2 * np.pi * 50 * n * TIME) / n for n in range(1, 8))
CLICKS = np.where(np.arange(3 * RATE) % (RATE // 3) == 0, 0.9, 0.0)


def pcm(signal: Any) -> bytes:
    return bytes((np.clip(signal, -1, 1) * 32767).astype("<i2").tobytes())


def wav(samples: bytes) -> bytes:
    return encoded(samples, RATE, "wav", "pcm_s16le")


SILENT = {
    "zeros": bytes(6 * RATE), "dither": pcm(NOISE * 1e-4), "offset": pcm(np.full(3 * RATE, 0.3)),
    "hiss": pcm(NOISE * 0.01), "noise": pcm(NOISE * 0.3), "tone": pcm(0.3 * np.sin(2 * np.pi * 440 * TIME)),
    "mains": pcm(0.1 * HUM), "clicks": pcm(CLICKS), "short": bytes(98),
    "begins late": bytes(2 * RATE) + pcm(NOISE * 0.1),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_what_is_no_speech(name: str) -> None:
    assert not has_speech(SILENT[name])


@pytest.fixture(scope="module", params=["Yes.", "I want to plan my week better.", "Ich habe schlecht geschlafen."])
def spoken(request: pytest.FixtureRequest, voices: Engines) -> bytes:
    return samples_of(EspeakSynthesizer(voices).synthesize(request.param, "", 60).audio, RATE)


def test_speech_is_heard_however_quiet_and_wherever_it_stands(spoken: bytes) -> None:
    samples = np.frombuffer(spoken, "<i2") / 32768
    noisy = samples + NOISE[: len(samples)] * 0.03
    for heard in (spoken, pcm(samples * 0.03), pcm(noisy), bytes(40 * RATE) + spoken + bytes(20 * RATE)):
        assert has_speech(heard)


@pytest.mark.parametrize("name", ["zeros", "hiss", "noise", "tone"])
def test_a_vendor_is_not_asked_about_silence(vendors: Speech, double: Double, name: str) -> None:
    double.script({"text": "I want to run."})
    assert vendors.transcribe(wav(SILENT[name]), "wav", 60).text == "" and not double.requests()


def test_zeros_without_a_container_are_silence_too(vendors: Speech, double: Double) -> None:
    assert vendors.transcribe(bytes(96_000), "webm", 60).text == "" and not double.requests()


def test_a_vendor_hears_speech(vendors: Speech, double: Double, spoken: bytes) -> None:
    double.script({"text": "Yes."})
    assert vendors.transcribe(wav(spoken), "wav", 60).text == "Yes."


def test_an_embedded_ear_hears_no_words_in_noise(pocketsphinx: EmbeddedRecognizer) -> None:
    assert pocketsphinx.transcribe(wav(SILENT["noise"]), "wav", 120).text == ""


INVENTED = """
Thank you for watching!
Thanks for watching.
THANK YOU FOR WATCHING
Please subscribe to my channel.
Thanks for watching! Don't forget to like and subscribe!
Subtitles by the Amara.org community
Untertitel der Amara.org-Community
Untertitel im Auftrag des ZDF für funk, 2017
Danke fürs Zuschauen!
Sous-titres réalisés para la communauté d'Amara.org
Sous-titrage Société Radio-Canada
Merci d'avoir regardé cette vidéo !
¡Gracias por ver el video!
Subtítulos realizados por la comunidad
Legendas pela comunidade Amara.org
Obrigado por assistir!
Sottotitoli creati dalla comunità Amara.org
Ondertiteld door de Amara.org gemeenschap
Napisy stworzone przez społeczność Amara.org
Dziękuję za uwagę.
Субтитры сделал DimaTorzok
Продолжение следует...
Спасибо за просмотр!
Редактор субтитров А.Семкин Корректор А.Егорова
Дякую за перегляд!
Altyazı M.K.
İzlediğiniz için teşekkürler.
اشتركوا في القناة
ترجمة نانسي قنقر
شكرا للمشاهدة
תודה על הצפייה
देखने के लिए धन्यवाद।
ご視聴ありがとうございました
ご視聴ありがとうございました。
チャンネル登録よろしくお願いします
謝謝觀看
谢谢观看！
字幕由Amara.org社区提供
字幕by索兰娅
请不吝点赞 订阅 转发 打赏支持明镜与点点栏目
시청해주셔서 감사합니다.
MBC 뉴스 이덕영입니다.
ขอบคุณที่รับชม
Cảm ơn các bạn đã theo dõi.
Terima kasih telah menonton!
[Music]
(applause)
♪♪♪
[BLANK_AUDIO]
*sighs*
Thank you so much for watching, and I'll see you in the next video!
Thanks for watching, guys.
Please like and subscribe.
Don't forget to subscribe!
Muchas gracias por ver el vídeo.
Muito obrigado por assistir.
Grazie mille per la visione!
[음악]
(笑)
Tack för att ni har tittat.
Bedankt voor het kijken!
Большое спасибо за просмотр
ご視聴頂きありがとうございました
感谢大家的观看
시청해 주셔서 고맙습니다
구독과 좋아요 부탁드립니다
Xin cảm ơn quý vị đã theo dõi
下期再见
Abone olmayı unutmayın!
Kiitos kun katsoit!
Dziękujemy za oglądanie
Subtitled by someone
MBC 뉴스 김성현입니다
...
♪ la la la ♪
For more information, visit www.example.gov"""


@pytest.mark.parametrize("text", INVENTED.split("\n")[1:])
def test_what_recognisers_invent_is_nothing(text: str) -> None:
    assert without_hallucinations(text) == ""


SAID = """
Thank you.
Bye!
Vielen Dank.
I thank you for watching over me.
Ich sehe gern Untertitel.
My site is www.example.com
I watch with subtitles.
Sí, gracias.
ありがとうございます。
하루 종일 잤어요.
I laughed (a lot) today.
Субтитры мне не нужны.
Thanks for watching my dog.
Merci d'avoir regardé mon projet.
Gracias por verme hoy.
I want people to subscribe.
Dziękuję za uwagę o pracy.
Obrigado por ver isso comigo.
Next time I'll see you in the park.
Danke für alles.
请帮我订一个计划。
Спасибо за поддержку."""


@pytest.mark.parametrize("text", SAID.split("\n")[1:])
def test_what_people_say_stays(text: str) -> None:
    assert without_hallucinations(text) == text


def test_a_sentence_that_is_invented_is_cut_off() -> None:
    assert without_hallucinations("I want to plan my week. Thank you for watching!") == "I want to plan my week."


def test_a_vendors_invention_is_no_text(vendors: Speech, double: Double, spoken: bytes) -> None:
    double.script({"text": "Thank you for watching!"})
    assert vendors.transcribe(wav(spoken), "wav", 60).text == ""


def test_a_recording_that_only_the_vendor_can_read_goes_there(vendors: Speech, double: Double) -> None:
    double.script({"status": 400})
    with pytest.raises(SpeechError) as raised:
        vendors.transcribe(b"OggS" + bytes(100), "ogg", 60)
    assert raised.value.kind is ErrorKind.AUDIO and len(double.requests()) == 1
