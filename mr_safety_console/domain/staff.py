"""People who act: register, roles, and sign-on with throttled PINs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.authority import LETS_IN, MAY, ROLES
from mr_safety_console.domain.codec import Command, Entry, Fact, Private, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import same_name
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

# Throttling of wrong PINs: free tries, then seconds to wait; never touches an emergency.
FREE_TRIES = 4
WAITS_S = (30, 60, 300, 900)


@fact("staff-added")
class StaffAdded(Fact):
    """A person was entered in the register. `subject` is their pseudonym from here on.

    `until_utc` (µs) is when their credential runs out; 0: no date was given. `screened_utc` (µs) is
    when they were last screened themselves, by whoever kept that before; 0: nobody says.
    """

    subject: str
    name: Private[str]
    initials: str
    roles: tuple[str, ...]
    pin_hash: Private[str]
    until_utc: int = 0
    screened_utc: int = 0


@fact("credential-dated")
class CredentialDated(Fact):
    """A person's credential runs until this moment (µs), whatever was written before."""

    person: str
    until_utc: int


@fact("signed-on")
class SignedOn(Fact):
    """Somebody took the console; acts are attributed to them until they sign off."""

    person: str
    role: str
    session: str


@fact("signed-off")
class SignedOff(Fact):
    """The console was left; `reason` is asked, locked, replaced, idle, stopped or shift-closed."""

    person: str
    reason: str


@fact("pin-refused")
class PinRefused(Fact):
    """A PIN did not match, for the `failures`-th time in a row; tries rest until `until_bt`."""

    person: str
    failures: int
    until_bt: int
    boot: str


@fact("pin-accepted")
class PinAccepted(Fact):
    """A PIN matched after failures; the count starts again."""

    person: str


@command("add-staff")
class AddStaff(Command):
    """Enter a person; `pin_hash` was made outside the deciding thread."""

    name: str
    initials: str
    roles: tuple[str, ...]
    pin_hash: str
    until_utc: int = 0
    screened_utc: int = 0


@command("date-credential")
class DateCredential(Command):
    """Say until when a person's credential runs; somebody else says it."""

    person: str
    until_utc: int


@command("sign-on")
class SignOn(Command):
    """Take the console as this person; needs their PIN with the command."""

    person: str


@command("sign-off")
class SignOff(Command):
    """Leave or lock the console."""

    reason: str = "asked"


@command("pin-failed")
class PinFailed(Command):
    """Given by the engine when a PIN sent with a command did not match."""

    person: str


@frozen
class Person:
    """One member of staff; `screened` is what their own screening came to, at `screened_utc` (µs).

    `changed_utc` (µs) is when they last declared what a screening before does not know of.
    """

    id: str
    name: str
    initials: str
    roles: tuple[str, ...]
    pin_hash: str
    until_utc: int = 0
    screened_utc: int = 0
    screened: str = ""
    changed_utc: int = 0


@frozen
class Session:
    """Who has the console, since when."""

    id: str
    who: Who
    since: Instant


@frozen
class Tries:
    """Wrong PINs in a row, since when, and when the next may be tried."""

    failures: int
    until_bt: int
    boot: str
    since: Instant


@frozen
class StaffState:
    """The register and the present session."""

    people: Mapping[str, Person] = field(default_factory=dict)
    session: Session | None = None
    tries: Mapping[str, Tries] = field(default_factory=dict)


FACTS = (StaffAdded, CredentialDated, SignedOn, SignedOff, PinRefused, PinAccepted)


def roles_of(state: StaffState, person: str) -> frozenset[str]:
    """Return every role a person holds; empty for somebody not in the register."""
    known = state.people.get(person)
    return frozenset(known.roles) if known else frozenset()


def credential_over(state: StaffState, person: str, ctx: Ctx) -> bool:
    """Tell whether a person's credential has run out."""
    known = state.people.get(person)
    return known is not None and 0 < known.until_utc <= ctx.now.utc


def may(state: StaffState, act: str, ctx: Ctx) -> Refused | None:
    """Tell why the people behind this context may not do the act, or None when they may.

    A signed act needs its number of distinct people with their PIN, one of them in an entitled
    role; an attributed act needs an entitled person signed on.
    """
    roles, signatures = MAY[act]
    names = ", ".join(sorted(roles))
    deciding = ctx.signers if signatures else (ctx.actor,) if ctx.actor and act in LETS_IN else ()
    if any(credential_over(state, who.person, ctx) for who in deciding):
        return refused("credential-expired")
    if signatures:
        people = {who.person for who in ctx.signers if who.person in state.people}
        if len(people) < signatures:
            return refused("signature-missing", act=act, count=signatures, roles=names)
        if not any(roles & roles_of(state, person) for person in people):
            return refused("role-missing", act=act, roles=names)
        return None
    if ctx.actor is None:
        return refused("nobody-signed-on", act=act, roles=names)
    if not roles & roles_of(state, ctx.actor.person):
        return refused("role-missing", act=act, roles=names)
    return None


def may_try(state: StaffState, person: str, now: Instant) -> Refused | None:
    """Tell whether a PIN of this person may be tried now.

    A reboot ends no waiting time: it goes on from the wall clock.
    """
    tries = state.tries.get(person)
    if tries is None or tries.failures <= FREE_TRIES:
        return None
    left_s = (tries.until_bt - tries.since.bt) / NS - elapsed(now, tries.since).seconds
    return refused("pin-resting", seconds=int(left_s) + 1) if left_s > 0 else None


def decide(state: StaffState, asked: Command, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    """Decide on register and session."""
    match asked:
        case AddStaff():
            return _add(state, asked, ctx)
        case DateCredential():
            return _date(state, asked, ctx)
        case SignOn(person=person):
            return _sign_on(state, person, ctx)
        case SignOff(reason=reason):
            if state.session is None:
                return ()
            return (SignedOff(person=state.session.who.person, reason=reason),)
        case PinFailed(person=person):
            return (_failed(state, person, ctx.now),)
        case _:
            return ()


def _add(state: StaffState, asked: AddStaff, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    # The first person bootstraps the register: nobody could entitle them.
    if state.people and (why := may(state, "staff-add", ctx)):
        return why
    blank = [what for what, said in _told(asked) if not said.strip()]
    if blank:
        return refused("staff-blank", what=", ".join(blank))
    wrong = [role for role in asked.roles if role not in ROLES]
    if wrong or not asked.roles:
        return refused("role-unknown", role=", ".join(wrong) or "none", roles=", ".join(ROLES))
    if any(p.initials == asked.initials for p in state.people.values()):
        return refused("initials-taken", initials=asked.initials)
    same = next((p for p in state.people.values() if same_name(p.name, asked.name)), None)
    if same is not None:
        # One person under two initials would be both of the two who sign.
        return refused("name-taken", initials=same.initials)
    return (
        StaffAdded(
            subject=ctx.tokens[0],
            name=asked.name,
            initials=asked.initials,
            roles=asked.roles,
            pin_hash=asked.pin_hash,
            until_utc=asked.until_utc,
            screened_utc=asked.screened_utc,
        ),
    )


def _date(state: StaffState, asked: DateCredential, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    if asked.person not in state.people:
        return refused("person-unknown")
    if why := may(state, "staff-add", ctx):
        return why
    if any(who.person == asked.person for who in ctx.signers):
        return refused("signs-for-self")
    return (CredentialDated(person=asked.person, until_utc=asked.until_utc),)


def _told(asked: AddStaff) -> tuple[tuple[str, str], ...]:
    return (("name", asked.name), ("initials", asked.initials), ("PIN", asked.pin_hash))


def _sign_on(state: StaffState, person: str, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    known = state.people.get(person)
    if known is None:
        return refused("person-unknown")
    if not any(who.person == person for who in ctx.signers):
        return refused("signature-missing", act="sign-on", count=1, roles="the person named")
    facts: list[Fact] = []
    if state.session is not None:
        facts.append(SignedOff(person=state.session.who.person, reason="replaced"))
    if person in state.tries:
        facts.append(PinAccepted(person=person))
    facts.append(SignedOn(person=person, role=known.roles[0], session=ctx.tokens[0]))
    return tuple(facts)


def _failed(state: StaffState, person: str, now: Instant) -> PinRefused:
    before = state.tries.get(person)
    failures = (before.failures if before else 0) + 1
    over = failures - FREE_TRIES
    wait_s = WAITS_S[min(over, len(WAITS_S)) - 1] if over > 0 else 0
    return PinRefused(person=person, failures=failures, until_bt=now.bt + wait_s * NS, boot=now.boot)


def evolve(state: StaffState, entry: Entry) -> StaffState:
    """Return register and session after one fact."""
    match entry.fact:
        case StaffAdded() as added:
            person = Person(
                id=added.subject,
                name=added.name,
                initials=added.initials,
                roles=added.roles,
                pin_hash=added.pin_hash,
                until_utc=added.until_utc,
                screened_utc=added.screened_utc,
            )
            return replace(state, people={**state.people, person.id: person})
        case CredentialDated(person=dated, until_utc=until_utc) if dated in state.people:
            known = replace(state.people[dated], until_utc=until_utc)
            return replace(state, people={**state.people, dated: known})
        case SignedOn(person=person_id, role=role, session=session):
            return replace(state, session=Session(session, Who(person_id, role), entry.at))
        case SignedOff():
            return replace(state, session=None)
        case PinRefused(person=person_id, failures=failures, until_bt=until_bt, boot=boot):
            return replace(state, tries={**state.tries, person_id: Tries(failures, until_bt, boot, entry.at)})
        case PinAccepted(person=person_id):
            return replace(state, tries={k: v for k, v in state.tries.items() if k != person_id})
        case _:
            return state
