"""Which files each model is made of, down to the last bit: repository, revision, size and SHA-256.

The hub cannot be asked here, so the table holds what others have published, and nothing else. Revisions, sizes and the
digests of ``model.bin`` are those of gabrielhhaber/WinZapp_Python (its catalogue of Whisper models, read from the hub's
API) for all but distil-large-v2. The digests of all files, hashed after a download, are stated by

- MrKruemel/VoicePaste ``src/constants.py`` (``STT_MODEL_SHA256``): tiny, base, small, medium, large-v2, large-v3;
- calebn/sharecut-studio ``src/podcast_mcp`` (``WHISPER_PINS``): the four ``.en`` sizes, large-v3 and turbo;
- iamfatness/SwarmScribe ``docker/models.lock.json``: tiny.en, distil-large-v3, large-v3;
- ofek122122/jarvisos ``models/fetch.sh``: distil-small.en;
- Sharrnah/whispering ``Models/STT/faster_whisper.py``: distil-medium.en, without its ``preprocessor_config.json``.

All that two of them state agrees. For large-v1 only ``model.bin`` is known, for distil-large-v2 only the revision (as
SubtitleEdit/subtitleedit has it in its folder names): those two and distil-medium.en are pulled on trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FilePin:
    """What a file must be."""

    size_bytes: int
    sha256: str = ""
    """In hex; empty where nobody has published it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A model at one revision of its repository."""

    repo: str
    """On the Hugging Face hub."""
    revision: str
    """The commit."""
    files: Mapping[str, FilePin]
    """Empty where not even the names are known."""
    other_repos: tuple[str, ...] = ()
    """Older names of the repository, under which other programs may have cached it."""

    @property
    def is_complete(self) -> bool:
        """Whether every file has a digest."""
        return bool(self.files) and all(pin.sha256 for pin in self.files.values())

    @property
    def size_bytes(self) -> int:
        """Of all files; 0 where unknown."""
        return sum(pin.size_bytes for pin in self.files.values())


_MANY = {
    "tokenizer.json": FilePin(2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
    "vocabulary.txt": FilePin(459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
}
"""What tiny to large-v2 share."""
_ENGLISH = {
    "tokenizer.json": FilePin(2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
    "vocabulary.txt": FilePin(422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
}
"""What the ``.en`` sizes share."""
_LATE = {
    "preprocessor_config.json": FilePin(340, "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711"),
    "vocabulary.json": FilePin(1_068_114, "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1"),
}
"""What large-v3 and its offspring share; turbo has a tokenizer of its own."""
_LATE_TOKENIZER = FilePin(2_480_617, "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca")
_DISTILLED_VOCABULARY = FilePin(825_480, "4dadfee7c4a871665f65c06037f5f5ec893fb2d7f5eb4cf11063618e31dbe11a")


def _systran(name: str, revision: str, config: FilePin, weights: FilePin, rest: Mapping[str, FilePin]) -> Pin:
    files = {"config.json": config, "model.bin": weights, **rest}
    return Pin(f"Systran/{name}", revision, MappingProxyType(files))


PINS: Mapping[str, Pin] = MappingProxyType(
    {
        "tiny": _systran(
            "faster-whisper-tiny",
            "d90ca5fe260221311c53c58e660288d3deb8d356",
            FilePin(2_249, "a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8"),
            FilePin(75_538_270, "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"),
            _MANY,
        ),
        "tiny.en": _systran(
            "faster-whisper-tiny.en",
            "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
            FilePin(2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
            FilePin(75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
            _ENGLISH,
        ),
        "base": _systran(
            "faster-whisper-base",
            "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
            FilePin(2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
            FilePin(145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
            _MANY,
        ),
        "base.en": _systran(
            "faster-whisper-base.en",
            "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
            FilePin(2_227, "f3bc3821e9fc76a27bae538e11ae5b677dcdd352b4600429ce7951d398569aeb"),
            FilePin(145_216_508, "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"),
            _ENGLISH,
        ),
        "small": _systran(
            "faster-whisper-small",
            "536b0662742c02347bc0e980a01041f333bce120",
            FilePin(2_370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
            FilePin(483_546_902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
            _MANY,
        ),
        "distil-small.en": _systran(
            "faster-distil-whisper-small.en",
            "ef77d90526ccd62cde3808ee70626a01e5cf83e4",
            FilePin(2_812, "b571ae8022a34c1df50876a65b5f813a5c22e5ee3b87bc0e4db5662dfc9c2c3d"),
            FilePin(332_308_257, "1187de3982cdcf962a2fb8f797e429fb4651b875b18fe9ce50b58b52fc9072b7"),
            {
                "preprocessor_config.json": FilePin(
                    339, "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d"
                ),
                "tokenizer.json": FilePin(
                    2_405_466, "c9c77688528c0509abbd41873edab16384b8f041531b1d3092ab4d1d83a02a50"
                ),
                "vocabulary.json": _DISTILLED_VOCABULARY,
            },
        ),
        "small.en": _systran(
            "faster-whisper-small.en",
            "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
            FilePin(2_657, "666a9605530ac1f61fa8177f3702b4dacec9966749e42610839fcc32661d5fae"),
            FilePin(483_545_366, "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"),
            _ENGLISH,
        ),
        "distil-medium.en": _systran(
            "faster-distil-whisper-medium.en",
            "80ddfce281f77766d8943d63109199fc8145dfa5",
            FilePin(2_574, "8fbd09f4b35e38db19b1cf43ed4d812b8da7c6b791aafbc93b37dc82f198ab70"),
            FilePin(788_826_555, "d4cb75d823dcd2647191064da76f026774c06c036908f38456165368d0e2d66a"),
            {
                "preprocessor_config.json": FilePin(339),
                "tokenizer.json": FilePin(
                    2_405_678, "79eb6cded9fd5d31cc83def0bc5fc9b3afa4973df1da4c7fbc89c44adfa8fe32"
                ),
                "vocabulary.json": _DISTILLED_VOCABULARY,
            },
        ),
        "medium": _systran(
            "faster-whisper-medium",
            "08e178d48790749d25932bbc082711ddcfdfbc4f",
            FilePin(2_257, "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807"),
            FilePin(1_527_906_378, "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"),
            _MANY,
        ),
        "medium.en": _systran(
            "faster-whisper-medium.en",
            "a29b04bd15381511a9af671baec01072039215e3",
            FilePin(2_643, "4a1848ebabe7938d9797c15a2e8e4ce1d36e6fd4a43d096ae5955257c67c7962"),
            FilePin(1_527_904_330, "11b220779aea4c6f3ce9d2549c8a95ea869ed84066864b999531ef53e594fe5b"),
            _ENGLISH,
        ),
        "distil-large-v2": Pin(
            "Systran/faster-distil-whisper-large-v2", "fe9b404fc56de3f7c38606ef9ba6fd83526d05e4", MappingProxyType({})
        ),
        "distil-large-v3": _systran(
            "faster-distil-whisper-large-v3",
            "c3058b475261292e64a0412df1d2681c06260fab",
            FilePin(2_690, "90c55f775cc4e0bb17293d0bf12f96557a486f20dea886fabd8e6075a3588b21"),
            FilePin(1_512_927_867, "b79368e19b6623813609431a6e5ee309a71506701ebc49fd7820e692dec7c5f5"),
            {**_LATE, "tokenizer.json": _LATE_TOKENIZER},
        ),
        # faster-whisper's own name for it is mobiuslabsgmbh/…, which the hub redirects.
        "turbo": Pin(
            "dropbox-dash/faster-whisper-large-v3-turbo",
            "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
            MappingProxyType(
                {
                    "config.json": FilePin(2_263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
                    "model.bin": FilePin(
                        1_617_884_929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"
                    ),
                    "tokenizer.json": FilePin(
                        2_710_337, "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd"
                    ),
                    **_LATE,
                }
            ),
            ("mobiuslabsgmbh/faster-whisper-large-v3-turbo",),
        ),
        "large-v1": _systran(
            "faster-whisper-large-v1",
            "b07c8d4be0be90092aa01a29c975077acb8d15c9",
            FilePin(2_352),
            FilePin(3_086_912_962, "a3cce8081a5414206ab09a80aa410ebf9965feef52adafeead13f4a83398b1d1"),
            {"tokenizer.json": FilePin(2_203_239), "vocabulary.txt": FilePin(459_861)},
        ),
        "large-v2": _systran(
            "faster-whisper-large-v2",
            "f0fe81560cb8b68660e564f55dd99207059c092e",
            FilePin(2_796, "d86b7a7664a12559d644aa210a32ce9a7e03913e794b7ea4fb7182de69e273a7"),
            FilePin(3_086_912_962, "bf2a9746382e1aa7ffff6b3a0d137ed9edbd9670c3b87e5d35f5e85e70d0333a"),
            _MANY,
        ),
        "large-v3": _systran(
            "faster-whisper-large-v3",
            "edaa852ec7e145841d8ffdb056a99866b5f0a478",
            FilePin(2_394, "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9"),
            FilePin(3_087_284_237, "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1"),
            {**_LATE, "tokenizer.json": _LATE_TOKENIZER},
        ),
    }
)
"""By the catalogue's names."""
