"""The alarm rules against a model written from their text, and every state one alarm can be in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.alarm_machine import PLACES, Machine
from support.alarm_model import HIGH, KINDS, MEDIUM, REMIND_S, WORDS_END_REMINDERS, Model
from support.suite_world import World, ready

from mr_safety_console.domain import alarm_reminder
from mr_safety_console.domain.alarms import Alarm

NAMES = st.sampled_from(sorted(KINDS))
WHAT = {
    "iron": "nuisance-door",
    "open": "staff-crossing",
    "kept": "staff-crossing",
    "lost": "cable-or-power",
}
BEHIND = st.sampled_from([0, 0, 0, 1])


@cache
def begun() -> World:
    return ready()


class Against(RuleBasedStateMachine):
    """Both are told the same; what a person would see and hear of every alarm has to be the same."""

    def __init__(self) -> None:
        super().__init__()
        self.rules, self.model = Machine(begun()), Model()

    @rule(name=NAMES)
    def begin(self, name: str) -> None:
        self.rules.begin(name)
        self.model.begin(name)

    @rule(name=NAMES)
    def over(self, name: str) -> None:
        self.rules.over(name)
        self.model.over(name)

    @rule(name=NAMES, behind=BEHIND, who=st.sampled_from(["TE", "SO"]))
    def acknowledge(self, name: str, behind: int, who: str) -> None:
        assert self.rules.acknowledge(name, behind, who) == self.model.acknowledge(name, behind, who)

    @rule(name=NAMES)
    def dispose(self, name: str) -> None:
        assert self.rules.dispose(name, WHAT[name]) == self.model.dispose(name, WHAT[name])

    @rule()
    def quieten(self) -> None:
        assert self.rules.quieten() == self.model.quieten()

    @rule(name=NAMES, minutes=st.sampled_from([1, 1, 1, 5, 30, 0, 31]), behind=BEHIND)
    def put_aside(self, name: str, minutes: int, behind: int) -> None:
        assert self.rules.put_aside(name, minutes, behind) == self.model.put_aside(name, minutes, behind)

    @rule(name=st.sampled_from(["kept", "open"]), seconds=st.sampled_from([15, 59, 60, 61]))
    def leave_aside(self, name: str, seconds: int) -> None:
        self.begin(name)
        self.put_aside(name, 1, 0)
        self.wait(seconds)

    @rule(name=NAMES, seconds=st.sampled_from([119, 120, 130]))
    def leave_answered(self, name: str, seconds: int) -> None:
        self.acknowledge(name, 0, "TE")
        self.wait(seconds)

    @rule(name=NAMES)
    def take_back(self, name: str) -> None:
        assert self.rules.take_back(name) == self.model.take_back(name)

    @rule(seconds=st.sampled_from([1, 9, 14, 15, 29, 30, 45, 60, 120, 299, 1800]))
    def wait(self, seconds: int) -> None:
        self.rules.wait(seconds)
        self.model.wait(seconds)

    @rule()
    def restart(self) -> None:
        self.rules.restart()
        self.model.restart()

    @invariant()
    def people_see_and_hear_the_same(self) -> None:
        for name in KINDS:
            assert seen(self.rules, name) == expected(self.model, name), name


def seen(rules: Machine, name: str) -> tuple[object, ...] | None:
    alarm = rules.alarm(name)
    if alarm is None:
        return None
    answered_by = alarm.acknowledged.person if alarm.acknowledged else ""
    owner = next((who for who, known in rules.world.people.items() if known == answered_by), None)
    columns = (alarm.present, alarm.unproven, owner, alarm.disposition or None)
    heard = (alarm.unanswered_s, rules.sounds(name), rules.reminds(name), alarm.shelf is not None)
    return (int(alarm.priority), alarm.instance, *columns, *heard)


def expected(model: Model, name: str) -> tuple[object, ...] | None:
    row = model.rows.get(name)
    if row is None:
        return None
    columns = (row.present, row.unproven, row.owner, row.what)
    heard = (row.told, model.sounds(row), model.reminds(name), row.aside_until is not None)
    return (row.priority, row.instance, *columns, *heard)


def test_the_alarm_rules_do_what_the_model_of_them_does() -> None:
    """I9: every order of coming, going, answering, resting, waiting and starting anew."""
    run_state_machine_as_test(
        Against, settings=settings(max_examples=120, stateful_step_count=25, deadline=None)
    )


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("thousand", range(10))
def test_the_alarm_rules_do_what_the_model_of_them_does_ten_thousand_times(thousand: int) -> None:
    """I9: the same, long; by the thousand, each from another beginning, so that memory stays flat."""
    machine = seed(thousand)(type(f"Against{thousand}", (Against,), {}))
    run_state_machine_as_test(
        machine, settings=settings(max_examples=1_000, stateful_step_count=30, deadline=None, database=None)
    )


# --- every state of one alarm ---

STEP_S = 15
Act = Callable[[Machine, str], object]
ACTS: Mapping[str, Act] = {
    "begin": lambda m, name: m.begin(name),
    "over": lambda m, name: m.over(name),
    "acknowledge": lambda m, name: m.acknowledge(name, 0, "TE"),
    "stale answer": lambda m, name: m.acknowledge(name, 1, "TE"),
    "dispose": lambda m, name: m.dispose(name, WHAT[name]),
    "quieten": lambda m, _: m.quieten(),
    "aside": lambda m, name: m.put_aside(name, 1, 0),
    "back": lambda m, name: m.take_back(name),
    "wait": lambda m, _: m.wait(STEP_S),
    "restart": lambda m, _: m.restart(),
}


def shape(machine: Machine, name: str) -> tuple[object, ...] | None:
    """Return an alarm without its number and without more of its age than any rule looks at."""
    alarm = machine.alarm(name)
    if alarm is None:
        return None
    now = machine.world.clock.now().bt
    quiet = max(0, alarm.paused_until_bt - now) // 10**9
    aside = None if alarm.shelf is None else max(0, alarm.shelf.until_bt - now) // 10**9
    ages = [min(60, (now - at.bt) // 10**9) for at in (alarm.waits or alarm.rang, alarm.since)]
    if alarm_reminder.stands(alarm, machine.world.clock.now()):
        ages.append(min(REMIND_S, (now - (alarm.reminded_at or alarm.answered_at).bt) // 10**9))
    columns = (alarm.priority, alarm.present, alarm.unproven, alarm.answered, bool(alarm.disposition))
    return (*columns, alarm.unanswered_s, alarm.paused_instance == alarm.instance, quiet, aside, *ages)


def never_gone_unsaid(before: Alarm | None, after: Alarm | None, what: str) -> bool:
    """Only an alarm that is over, acknowledged and disposed of leaves the list."""
    if before is None or after is not None:
        return True
    done = (not before.present or what == "over", before.answered or what == "acknowledge")
    return all((*done, bool(before.disposition) or what == "dispose"))


def never_quiet_anew(machine: Machine, before: Alarm | None, after: Alarm | None, name: str) -> bool:
    """A High alarm that begins, rings again or rises sounds, whatever rested before."""
    rang = after is not None and (before is None or after.instance > before.instance)
    return not (rang and after is not None and after.priority == HIGH) or machine.sounds(name)


def never_high_aside(after: Alarm | None, name: str) -> bool:
    """No High alarm and none of a detector is ever put aside."""
    return after is None or after.shelf is None or (after.priority == MEDIUM and name != "iron")


def never_answered_for_another(before: Alarm | None, after: Alarm | None, what: str) -> bool:
    """An answer stands for the instance that was seen, and nothing but an answer makes one."""
    if after is None or not after.answered or (before is not None and before.answered):
        return True
    return what == "acknowledge" and before is not None and before.instance == after.instance


def never_silent_for_ever(machine: Machine, after: Alarm | None, name: str, what: str) -> bool:
    """What was answered for and goes on is told of again in time, unless it rests or was explained."""
    if what != "wait" or after is None or not (after.answered and after.present) or after.shelf is not None:
        return True
    if after.disposition and name in WORDS_END_REMINDERS:
        return True
    last = after.reminded_at or after.answered_at
    return (machine.world.clock.now().bt - last.bt) // 10**9 < REMIND_S


def never_believed_after_a_start(before: Alarm | None, after: Alarm | None, what: str) -> bool:
    """After a start nothing rests, and what was present is unproven and unanswered."""
    if what != "restart" or after is None:
        return True
    rests = after.shelf is not None or after.paused_until_bt > 0
    return not rests and (not after.present or (after.unproven and not after.answered))


@pytest.mark.parametrize("name", sorted(PLACES))
def test_every_state_one_alarm_can_be_in_keeps_the_invariants(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """I9: walked exhaustively, in steps of 15 s; the numbers are printed."""
    first = Machine(begun())
    known, waiting = {shape(first, name)}, deque([first])
    transitions = refusals = 0
    while waiting:
        machine = waiting.popleft()
        before = machine.alarm(name)
        for what in ACTS:
            after_machine = machine.clone()
            transitions += 1
            refusals += ACTS[what](after_machine, name) is False
            after = after_machine.alarm(name)
            assert never_gone_unsaid(before, after, what), (what, before)
            assert never_quiet_anew(after_machine, before, after, name), (what, before)
            assert never_high_aside(after, name), (what, before)
            assert never_silent_for_ever(after_machine, after, name, what), (what, before)
            assert never_answered_for_another(before, after, what), (what, before)
            assert never_believed_after_a_start(before, after, what), (what, before)
            if (found := shape(after_machine, name)) not in known:
                known.add(found)
                waiting.append(after_machine)
    with capsys.disabled():
        print(f"\n{name}: {len(known)} states, {transitions} transitions, {refusals} refusals")
    assert len(known) > 50
    assert refusals > 0
