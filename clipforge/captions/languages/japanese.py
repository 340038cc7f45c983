"""Japanese, for text whose words carry no spaces. Phrases end in hiragana, which `scripts` looks at."""

from __future__ import annotations

from clipforge.captions.languages.base import Language, words

JAPANESE = Language(
    code="ja",
    conjunctions=words("しかし だから でも そして また ただ つまり もし なぜ それで それから"),
    particles=words("は が を に で と も の へ や か ね よ から まで より だけ ので のに けど など 的 達 々"),
)
