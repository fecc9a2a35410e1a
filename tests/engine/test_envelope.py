"""The envelope of facts: identifiers that never come twice."""

from __future__ import annotations

import re

from rigging import envelope


def test_identifiers_are_sixteen_letters_each_and_never_come_twice() -> None:
    seals = envelope()
    drawn = [seals.tokens() for _ in range(500)]
    assert {len(tokens) for tokens in drawn} == {4}
    every = [token for tokens in drawn for token in tokens]
    assert len(set(every)) == len(every) == 2000
    assert all(re.fullmatch("[A-Z2-7]{16}", token) for token in every)
    assert not set(every) & set(envelope().tokens())


def test_every_letter_comes_up_about_equally_often() -> None:
    seals = envelope()
    text = "".join(token for _ in range(1000) for token in seals.tokens())
    counts = {letter: text.count(letter) for letter in set(text)}
    assert len(counts) == 32
    # 64 000 letters: 2 000 of each, standard deviation 44; seven of them never happen by chance.
    assert all(1690 < count < 2310 for count in counts.values())
