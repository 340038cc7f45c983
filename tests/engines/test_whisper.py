"""The Whisper engine beyond what every engine promises."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from clipforge.errors import BadModel, BadSetting, EngineFailed
from tests.engines.conftest import Say
from tests.engines.made import make_whisper
from tests.engines.outline import MICRO
from tests.engines.sound import SENTENCES, expected, noise, silence, speech, texts


@pytest.mark.parametrize(("batch_size", "threads"), [(1, 2), (2, 1), (4, 2), (8, 1)])
def test_batch_size_threads_order_and_neighbours_change_nothing(
    micro: WhisperEngine, batch_size: int, threads: int
) -> None:
    windows = [speech(SENTENCES[i % len(SENTENCES)])[i * 800 :] for i in range(7)] + [noise(2.0), noise(3.0, 0.1)]
    model = folder_model(MICRO)
    other = WhisperEngine(recipe_for(model, Asked()), Placement(model.path, batch_size=batch_size, threads=threads))
    order = [4, 0, 8, 2, 6, 1, 7, 3, 5]
    expected_words = micro.transcribe(windows)
    for i, heard in zip(order, other.transcribe([windows[i] for i in order]), strict=True):
        assert heard == expected_words[i]


def test_draws_at_higher_temperatures_are_the_same_each_time(says: Say) -> None:
    # Whatever was drawn before: a long way of saying little is heard again at every temperature.
    engine = says(*[" round", " and"] * 12)
    once = engine.transcribe([noise(2.0, 0.1)])
    engine.transcribe([noise(1.0, 0.1), noise(3.0, 0.1)])
    assert engine.transcribe([noise(2.0, 0.1)]) == once
    assert once[0].facts["again"] == "compression ratio"


def test_windows_without_sound_take_no_place_in_a_batch(micro: WhisperEngine) -> None:
    heard = micro.transcribe([silence(2), speech("captain"), silence(30), speech("week"), silence(0)])
    assert [texts(t) for t in heard] == [[], expected("captain"), [], expected("week"), []]
    assert [bool(t.facts) for t in heard] == [False, True, False, True, False]


def test_a_good_window_is_not_done_again(micro: WhisperEngine) -> None:
    (heard,) = micro.transcribe([speech("captain")])
    assert set(heard.facts) == {"avg_logprob", "no_speech_prob", "compression_ratio", "temperature", "confidence"}
    assert float(heard.facts["avg_logprob"]) > -0.5
    assert 0.5 < float(heard.facts["confidence"]) <= 1
    assert heard.doubts == ()


def test_a_loop_is_done_again(says: Say) -> None:
    (heard,) = says(*[" round", " and"] * 12).transcribe([noise(4.0, 0.1)])
    assert heard.facts["again"] == "compression ratio"
    assert heard.facts["kept"] in ("first", "alone", "sampled")
    assert float(heard.facts["compression_ratio"]) > 2.4


def test_a_farewell_over_noise_is_dropped_and_told(says: Say) -> None:
    (heard,) = says(" Thank", " you", " for", " watching", ".", spoken="en").transcribe([noise(4.0, 0.1)])
    assert heard.words == ()
    assert [doubt.text for doubt in heard.doubts if doubt.dropped] == ["Thank you for watching."]
    assert {"little speech", "known phrase"} <= set(heard.doubts[0].signals)
    assert texts(heard) == []
    assert [word.text for word in heard.believed(keep_doubtful=True)] == ["Thank", "you", "for", "watching."]


def test_samples_that_are_no_numbers_are_silence(micro: WhisperEngine) -> None:
    broken = speech("captain").copy()
    broken[:800] = np.nan
    broken[-800:] = np.inf
    loud = np.concatenate([speech("captain") * 3, np.full(100, 7.0, np.float32)])
    all_nan = np.full(32000, np.nan, np.float32)
    heard = micro.transcribe([broken, loud, all_nan])
    assert texts(heard[0])[1:-1] == expected("captain")[1:-1]
    assert texts(heard[1])
    assert heard[2].words == ()


def test_punctuation_and_hyphens_belong_to_words(says: Say) -> None:
    (heard,) = says(" Twenty", "-", "five", " boats", ",", " you", " see", ".").transcribe([noise(3.0, 0.1)])
    assert [(w.text, w.glued) for w in heard.words] == [
        ("Twenty", False),
        ("-five", True),
        ("boats,", False),
        ("you", False),
        ("see.", False),
    ]


def test_scripts_without_spaces_are_glued(says: Say) -> None:
    asked = Asked(language="japanese")
    (heard,) = says("今日", "は", "晴れ", "です", "。", spoken="ja", asked=asked).transcribe([noise(3.0, 0.1)])
    assert [(w.text, w.glued) for w in heard.words] == [("今日", False), ("は", True), ("晴れ", True), ("です。", True)]
    assert heard.language == "ja"


def test_language_is_detected(says: Say) -> None:
    engine = says(" hola", spoken="es")
    assert engine.detect_language([noise(1.0, 0.1), noise(2.0, 0.1)]) == "es"
    assert engine.transcribe([noise(1.0, 0.1)])[0].language == "es"


def test_a_given_language_is_not_detected(says: Say) -> None:
    assert says(" hola", spoken="es", asked=Asked(language="pt")).transcribe([noise(1.0, 0.1)])[0].language == "pt"


def test_a_translation_is_english(says: Say) -> None:
    asked = Asked(language="es", task="translate")
    (heard,) = says(" hello", spoken="es", asked=asked).transcribe([noise(1.0, 0.1)])
    assert (texts(heard), heard.language) == (["hello"], "en")


def test_each_window_in_its_own_language(tmp_path: Path) -> None:
    hiss, hum = noise(3.0, 0.1), np.sin(np.arange(48000) / 40).astype(np.float32) * np.float32(0.2)
    folder = make_whisper(tmp_path / "two", [" hola", " amigo"], sounds={"es": hiss, "ja": hum})
    model = folder_model(folder)
    one_language = WhisperEngine(recipe_for(model, Asked()), Placement(folder, batch_size=4))
    assert one_language.detect_language([hiss]) == "es"
    assert one_language.detect_language([hum]) == "ja"
    assert {t.language for t in one_language.transcribe([hiss, hum, hiss])} in ({"es"}, {"ja"})
    engine = one_language.for_recipe(recipe_for(model, Asked(multilingual=True)))
    heard = engine.transcribe([hiss, hum, silence(1.0), hiss[:32000], hum[:32000]])
    assert [t.language for t in heard] == ["es", "ja", "en", "es", "ja"]
    # A neighbour of another language changes nothing.
    assert engine.transcribe([hum])[0] == heard[1]
    assert engine.transcribe([hiss, hiss[:32000]]) == [heard[0], heard[3]]


def test_a_model_for_english_alone_has_no_languages_to_tell_apart() -> None:
    with pytest.raises(BadSetting, match="knows English only"):
        recipe_for(folder_model(MICRO), Asked(multilingual=True))


def test_another_prompt_needs_no_other_model(micro: WhisperEngine) -> None:
    recipe = recipe_for(folder_model(MICRO), Asked(prompt="please follow", hotwords="captain", beam_size=1))
    (heard,) = micro.for_recipe(recipe).transcribe([speech("captain")])
    assert "prompt_tokens_cut" not in heard.facts
    assert texts(heard)[-2:] == expected("captain")[-2:]


def test_a_prompt_that_is_too_long_is_cut_and_said(micro: WhisperEngine) -> None:
    recipe = recipe_for(folder_model(MICRO), Asked(prompt="the captain " * 300, hotwords="ferry " * 300))
    (heard,) = micro.for_recipe(recipe).transcribe([speech("captain")])
    assert float(heard.facts["prompt_tokens_cut"]) > 600
    assert heard.words  # there is room left for them


def test_a_folder_without_tokenizer_is_refused(tmp_path: Path) -> None:
    model = folder_model(MICRO)
    folder = shutil.copytree(MICRO, tmp_path / "half")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(BadModel, match=r"tokenizer\.json is missing"):
        WhisperEngine(recipe_for(model, Asked()), Placement(folder))


def test_what_the_library_raises_is_ours(tmp_path: Path) -> None:
    model = folder_model(MICRO)
    folder = shutil.copytree(MICRO, tmp_path / "bad")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(EngineFailed) as caught:
        WhisperEngine(recipe_for(model, Asked()), Placement(folder))
    assert caught.value.engine == "whisper"
    assert caught.value.__cause__ is not None
    with pytest.raises(EngineFailed, match="compute type"):
        WhisperEngine(replace(recipe_for(model, Asked()), compute_type="float16"), Placement(MICRO))


ALONE = """
import sys
connected = []
sys.addaudithook(lambda event, args: connected.append(args) if event == "socket.connect" else None)
from pathlib import Path
import numpy as np
from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine

model = folder_model(Path(sys.argv[1]))
recipe = recipe_for(model, Asked())
heavy = {"faster_whisper", "ctranslate2", "pocketsphinx", "av", "huggingface_hub"} & sys.modules.keys()
assert not heavy, heavy
engine = WhisperEngine(recipe, Placement(model.path))
engine.transcribe([np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)])
assert not connected, connected
assert "onnxruntime" not in sys.modules  # a second OpenMP runtime: such a process can hang at its end
"""


def test_it_opens_no_connection_and_loads_no_second_runtime() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE, str(MICRO)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
