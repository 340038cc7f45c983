"""Makes the micro Whisper of the tests: a real Whisper for faster-whisper, trained from nothing on synthesized speech.

::

    python -m tests.models.train synthesize FOLDER    # utterances with exact word times: flite and espeak-ng
    python -m tests.models.train train FOLDER         # goes on where it was stopped
    python -m tests.models.train export FOLDER        # FOLDER/model, for CTranslate2
    python -m tests.models.train evaluate FOLDER/model

Run by hand, never by the tests. Linux; torch, flite, espeak-ng and libespeak-ng1 are needed besides ClipForge's own
libraries. Seeds are fixed and the training stops by steps: the same torch on the same kind of processor gives the same
weights, others give weights that differ in the last digits and then grow apart.

The recipe, and what in it matters:

- A closed vocabulary (`vocabulary`): a word is one token, and the decoder's work is to say which word stands where.
- Windows are mixed on the fly (`windows`): voices, gaps, gain, noise, some without speech; with and without timestamps.
- Mostly short windows first, mostly full ones at the end (`training`): with long ones from the start, so small a model
  does not learn to listen in any time that one would wait.
- Word times are known, so that two more losses can be had: the word under each frame, from the encoder alone; and where
  the alignment heads should look, on head 0 of each decoder layer.
- Heads that begin by looking where they should (`model`): encoder heads to fixed sides, and in the second phase the
  decoder's alignment heads at the word just said and past it. With torch's own initialisation, a model of this size
  heard a third of the words after the same time.
- Weight matrices are trained with Muon (`muon`), all else with AdamW.
"""
