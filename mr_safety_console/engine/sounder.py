"""The sounder: one thread that plays what the alarms call for, beside the deciding and the screen."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from mr_safety_console.domain.alarms import AlarmsState
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS, Instant
from mr_safety_console.domain.sound import ReportSound, SoundState, Tone
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine import tones
from mr_safety_console.engine.bursts import Bursts
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.sound import (
    ENDED,
    FAILED,
    MISSING,
    NAMES,
    NO_FILES,
    NO_PLAYER,
    PROBE,
    TRIAL,
    Play,
    Player,
    file_for,
    find,
)
from mr_safety_console.engine.wake import Wake

REST_S = 0.7
"""The start of the console goes first: nothing is looked for or played before."""
HANG_S = 2.0
"""A player that has not ended so long after its file is over hangs."""
PROBE_S, RETRY_S = 600.0, 30.0
"""How often a player that works, or that does not, is asked by a silent file while nothing sounds."""
PLAYING_S, IDLE_S = 0.05, 0.25
"""How often the thread looks: for the end of a burst, and for a rest that is over."""


class Sound(Protocol):
    """What the engine knows of a sounder."""

    @property
    def working(self) -> bool:
        """Tell whether bursts are played."""
        ...

    def start(self) -> None:
        """Begin to listen."""
        ...

    def hear(self, state: SuiteState) -> None:
        """Take what was decided; called by the deciding thread, returns at once."""
        ...

    def close(self, timeout_s: float) -> bool:
        """Fall silent and end."""
        ...


class Mute:
    """No sounder at all: the terminal's bell has to do."""

    working = False

    def start(self) -> None:
        """Do nothing."""

    def hear(self, state: SuiteState) -> None:
        """Do nothing."""

    def close(self, timeout_s: float) -> bool:
        """Do nothing."""
        return True


class Sounder:
    """Plays WAV files kept in `place` through a player found along `path`, or through `player` alone.

    Works on what was decided, ahead of the disk; says what it can play by `errand`, once a second.
    """

    def __init__(
        self, place: Path, clock: Clock, *, path: str = "", player: str = "", rest_s: float = REST_S
    ) -> None:
        self._place, self._clock, self._rest_s = place, clock, rest_s
        self._path, self._wanted = path, player
        self._players: tuple[Player, ...] = ()
        self._bursts = Bursts()
        self._state: SuiteState | None = None
        self._verdict: tuple[str, str] | None = None
        self._play: Play | None = None
        self._name = ""
        self._dying: list[Play] = []
        self._files: dict[str, Path] = {}
        self._tries = 0
        self._trials: int | None = None
        self._probe_bt = 0
        self._wake = Wake()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    # --- for the engine ---

    @property
    def working(self) -> bool:
        """Tell whether the last file was played; False before the first."""
        return self._verdict is not None and not self._verdict[1] and self._thread.is_alive()

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def hear(self, state: SuiteState) -> None:
        """Take what was decided; returns at once."""
        known, self._state = self._state, state
        if known is None or state.alarms is not known.alarms or state.sound is not known.sound:
            self._wake.call()

    def errand(self, known: SoundState) -> list[Command]:
        """Return what the record does not know yet about the sound."""
        verdict = self._verdict
        if self._thread.ident and not self._thread.is_alive() and not self._stopping.is_set():
            verdict = ("", ENDED)
        if verdict is None or verdict == (known.player, known.lost):
            return []
        return [ReportSound(player=verdict[0], why=verdict[1])]

    def close(self, timeout_s: float) -> bool:
        """Fall silent and end; False if the thread did not end in time."""
        self._stopping.set()
        self._wake.call()
        if self._thread.ident:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- on its own thread ---

    def _run(self) -> None:
        self._stopping.wait(self._rest_s)
        self._prepare()
        while not self._stopping.is_set():
            self._wake.wait(self._turn())
        self._end_play()

    def _prepare(self) -> None:
        """Write every file now: the first alarm may come when the disk is full."""
        for name in NAMES:
            with suppress(OSError):  # tried again, and told, when it is needed
                self._files[name] = file_for(self._place, name)

    def _turn(self) -> float:
        """Do what is to be done now; return how long to sleep."""
        now, state = self._clock.now(), self._state
        self._dying = [play for play in self._dying if not play.gone()]
        again = self._look_at_play(now)
        playing = Tone[self._name] if self._name in Tone.__members__ else None
        order = self._bursts.look(state.alarms if state else AlarmsState(), now, playing)
        if order.stop or order.start is not None:
            self._end_play()
        if order.start is not None:
            again = self._begin(order.start.name, tones.SHAPES[order.start].seconds, now)
        elif self._play is None:
            again = self._beside(state.sound if state else None, now) or again
        return 0.0 if again else self._patience(now)

    def _patience(self, now: Instant) -> float:
        if self._play is not None:
            return PLAYING_S
        due = self._bursts.next_bt()
        return min(IDLE_S, (due - now.bt) / NS) if due is not None and due > now.bt else IDLE_S

    def _beside(self, known: SoundState | None, now: Instant) -> bool:
        """Play what nobody waits for: a sounder test, or the silent file that asks the player."""
        if known is not None:
            asked = self._trials is not None and known.tests > self._trials
            self._trials = known.tests  # tests of earlier runs are on the record, and over
            if asked:
                return self._begin(TRIAL, tones.trial_s(), now)
        if now.bt >= self._probe_bt:
            return self._begin(PROBE, tones.SILENCE_S, now)
        return False

    def _begin(self, name: str, seconds: float, now: Instant) -> bool:
        """Start a player on a file; tell whether to look again at once."""
        self._probe_bt = now.bt + int((PROBE_S if self.working else RETRY_S) * NS)
        self._players = self._players or find(self._path, self._wanted)
        if not self._players:
            self._lose(MISSING if self._wanted else NO_PLAYER)
            return False
        until_bt = now.bt + int((seconds + HANG_S) * NS)
        try:
            if name not in self._files or not self._files[name].exists():
                self._files[name] = file_for(self._place, name)  # each run makes its own
        except OSError:
            self._lose(NO_FILES)
            return False
        self._name = name
        try:
            self._play = Play(self._players[0], self._files[name], until_bt)
        except OSError:
            return self._failed(FAILED)
        return False

    def _look_at_play(self, now: Instant) -> bool:
        """See whether what is playing has ended; tell whether the next player is to try at once."""
        outcome = self._play.outcome(now.bt) if self._play is not None else None
        if self._play is None or outcome is None:
            return False
        if outcome:
            return self._failed(outcome)
        self._verdict, self._tries = (self._play.player.name, ""), 0
        self._probe_bt = now.bt + int(PROBE_S * NS)
        self._play, self._name = None, ""
        return False

    def _failed(self, why: str) -> bool:
        """Pass on to the next player; tell whether there is one that has not failed yet."""
        name = self._name
        self._end_play()
        self._tries += 1
        first, *others = self._players
        self._players = (*others, first)
        if self._tries >= len(self._players):
            self._lose(why)
            return False
        if name in Tone.__members__:
            self._bursts.failed()
        elif name == TRIAL and self._trials is not None:
            self._trials -= 1
        else:
            self._probe_bt = 0
        return True

    def _lose(self, why: str) -> None:
        """Believe that nothing is played; the first reason stands until something is."""
        self._tries = 0
        if self._verdict is None or not self._verdict[1]:
            name = self._players[0].name if self._players else Path(self._wanted).name
            self._verdict = (name, why)
        self._players = ()  # whatever is there by the next try

    def _end_play(self) -> None:
        if self._play is not None and not self._play.end():
            self._dying.append(self._play)
        self._play, self._name = None, ""
