"""Chinese, for text whose words carry no spaces: single characters and the commonest words of two."""

from __future__ import annotations

from clipforge.captions.languages.base import Language, words

CHINESE = Language(
    code="zh",
    prepositions=words("在 把 被 从 從 对 對 向 为 為 与 與 和 及 或 跟 比 给 給 让 讓 使 由 就 都 也 还 還 又 才 再"),
    conjunctions=words(
        "但 但是 因为 因為 所以 如果 虽然 雖然 而 而且 然后 然後 或者 以及 不过 不過 可是 只要 只有 当 當"
    ),
    particles=words("的 地 得 了 着 著 过 過 吗 嗎 呢 吧 啊 呀 们 們 是"),
)
