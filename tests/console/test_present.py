"""View data from real states: what is known, how old it is, what is not recorded, what was broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import stages
from support.console_site import FORMS, Site

from mr_safety_console.console.present import (
    alarms,
    checklist,
    conditions,
    devices,
    header,
    quench,
    rail,
    suite,
    visit,
)
from mr_safety_console.console.present import emergency as emergency_view
from mr_safety_console.console.present import screening as screening_view
from mr_safety_console.console.present.list_item import LOOKS, ItemState
from mr_safety_console.console.present.rows import cells, plain
from mr_safety_console.console.present.view import HIDDEN, View, age, stopwatch
from mr_safety_console.console.text import spans, txt
from mr_safety_console.console.theme import STYLES, Tone
from mr_safety_console.domain.alarms import AcknowledgeAlarm, DisposeAlarm
from mr_safety_console.domain.detectors import Condition, NoteDevice, StartWalkTest
from mr_safety_console.domain.emergency import (
    ChooseEmergencyKind,
    EmergencyKind,
    OpenEmergency,
    StampEmergencyStep,
    removal_clock,
)
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.quench import ObserveField, QuenchKind, ReportQuench, StampQuenchStep
from mr_safety_console.domain.screening_facts import (
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
    TakeOverScreening,
)
from mr_safety_console.domain.visit_facts import CloseVisit, EnterZoneIV, Leg, Step
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Recording


def text(rows: object) -> str:
    return "\n".join(plain(rows))  # type: ignore[arg-type]


def head(view: View, width: int = 120) -> list[str]:
    return header.header(view, width).plain.split("\n")


# --- ages and beliefs ---


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "never heard"), (0.44, "0.4 s"), (45.9, "45 s"), (119, "119 s"), (720, "12 min"), (7200, "2 h")],
)
def test_an_age_reads_as_people_say_it(seconds: float | None, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (61, "1:01"), (3725, "1:02:05")])
def test_a_stopwatch(seconds: int, shown: str) -> None:
    assert stopwatch(seconds) == shown


def test_a_point_is_believed_until_its_silence_is_over_and_the_age_runs_on(site: Site) -> None:
    site.clock.advance(2.4)
    site.face.beat_bt = site.clock.now().bt
    assert "Zone IV door ○ closed 2.4 s" in head(site.view())[1]
    site.clock.advance(0.1)
    assert "Zone IV door ▒ UNKNOWN silent 2.5 s" in head(site.view())[1]
    assert "FMD-1 ▒ UNKNOWN silent 2.5 s" in head(site.view())[2]


def test_a_point_says_in_words_why_it_is_unknown(site: Site) -> None:
    """I3: header, Suite and Devices say what a person can look at, and no code."""
    site.face.hear(site.face.profile.door_iv.id, Condition.UNKNOWN, reason="wrong-identity")
    view = site.view()
    for told in ("\n".join(head(view, 160)), text(suite.point_rows(view)), text(devices.rows(view))):
        assert "UNKNOWN another device answers" in told
        assert "wrong-identity" not in told


def test_a_quiet_detector_promises_nothing(site: Site) -> None:
    line = head(site.view())[2]
    assert line == "FMD-1 ○ no alarm since 22:26 — cannot see still objects 0.0 s"


def test_a_detector_that_reads_and_was_not_walk_tested_is_a_thing_to_do_next(site: Site) -> None:
    site.face.sign_on(site.ben)
    told = "ctrl+d Walk test, not made this shift: FMD-1"
    assert told in text(suite.next_rows(site.view()))
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="unplugged")
    assert "Walk test" not in text(suite.next_rows(site.view())), "first it has to speak"
    site.face.hear("fmd-iv", Condition.NORMAL)
    assert told in text(suite.next_rows(site.view()))
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    assert "Walk test" not in text(suite.next_rows(site.view()))


def test_without_a_beat_for_two_seconds_everything_is_unknown(site: Site) -> None:
    site.face.beat_bt = site.clock.now().bt
    site.clock.advance(1.9)
    assert not site.view().stopped
    site.face.live = {k: replace(v, heard_bt=site.clock.now().bt) for k, v in site.face.live.items()}
    site.clock.advance(0.1)
    view = site.view()
    assert view.stopped
    _, two, three = head(view)
    assert two.count("▒ UNKNOWN") == 3
    assert "UNKNOWN engine stopped" in three
    bar, tone = header.alarm_bar(view)
    assert "ENGINE STOPPED — trust doors and eyes" in bar.plain
    assert tone is Tone.HIGH
    assert "closed" not in two


def test_before_the_engine_is_ready_everything_is_unknown(site: Site) -> None:
    site.face.ready = False
    assert head(site.view())[1].count("▒ UNKNOWN") == 3
    site.face.ready, site.face.beat_bt = True, 0
    assert "UNKNOWN starting" in head(site.view())[2]
    assert text(suite.next_rows(site.view())).startswith("NEXT")


def test_the_stricter_of_level_and_record_is_shown(site: Site) -> None:
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.live["fmd-iv"] = replace(site.face.live["fmd-iv"], condition=Condition.NORMAL)
    assert "IRON DETECTED" in head(site.view())[2]


def test_a_broken_slice_is_named_and_its_tiles_unknown(site: Site) -> None:
    site.face.working = replace(site.face.working, broken=("points", "visits", "quench"))
    line = head(site.view())[1]
    assert line.count("▒ UNKNOWN") == 3
    assert "BROKEN: points, visits, quench" in line


# --- the header at both widths ---


def test_no_word_of_the_header_is_cut_at_eighty_columns(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.inside(visit_id)
    site.do(OpenEmergency())
    site.do(ReportQuench(how=QuenchKind.DELIBERATE))
    site.face.hear("door-iv", Condition.UNKNOWN, reason="two channels disagree", origin="SIMULATED")
    site.face.recording = Recording.FAILED
    for width in (76, 78, 80, 120):
        rows = head(site.view(), width)
        assert len(rows) == 3
        assert all(len(line) <= width for line in rows)
        assert "…" not in "".join(rows)
    narrow = "\n".join(head(site.view(), 76))
    for word in ("SIMULATED", "NOT RECORDED", "IN ZONE IV 2", "REMOVAL 0:00", "UNVERIFIED", "BB MRST"):
        assert word in narrow


def test_cells_shorten_from_the_last_and_drop_empty_ones() -> None:
    choices = ((txt("alpha"),), (txt("beta long"), txt("beta")), (txt("gamma"), txt("")))
    assert cells(30, *choices).plain == "alpha  beta long  gamma"
    assert cells(20, *choices).plain == "alpha  beta long"
    assert cells(12, *choices).plain == "alpha  beta"
    assert cells(6, *choices).plain == "alpha…"


def test_the_header_names_who_has_the_console_and_that_forms_are_unapproved(site: Site) -> None:
    assert "NOBODY signed on" in head(site.view())[0]
    site.face.sign_on(site.ben)
    first = head(site.view())[0]
    assert first.startswith("22:26:40  BB MRST signed on")
    assert "NOT SITE-APPROVED" in first
    assert "SIMULATED" not in first


def test_a_banner_gives_way_by_whole_words(site: Site) -> None:
    site.face.sign_on(site.ben)
    view = site.view(banner="DEMONSTRATION, nothing real. PINs: 1", simulated=True)
    assert "  DEMONSTRATION, nothing real  " in head(view, 120)[0]
    assert "  DEMONSTRATION  " in head(view, 78)[0]
    assert "DEMO" not in head(view, 60)[0]


def test_one_simulated_point_marks_the_whole_console(site: Site) -> None:
    site.face.hear("door-iv", Condition.NORMAL, origin="SIMULATED")
    view = site.view()
    assert view.simulated
    assert "SIMULATED" in head(view)[0]
    assert "SIMULATED" in text(suite.point_rows(view))


# --- not recorded ---


def test_what_is_not_on_the_disk_is_marked(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.face.recording = Recording.LATE
    visit_id = site.arrive()
    view = site.view()
    assert "not yet recorded" in head(view)[0]
    assert "not yet recorded" in text(suite.visit_rows(view))
    site.face.hear("fmd-iv", Condition.DANGER)
    assert "not yet recorded" in header.alarm_bar(site.view())[0].plain
    site.face.recording = Recording.FAILED
    view = site.view()
    bar, tone = header.alarm_bar(view)
    assert bar.plain.startswith("[!!] NOT RECORDED — WRITE ON PAPER")
    assert tone is Tone.HIGH
    person = view.state.visits.open[visit_id]
    assert "NOT RECORDED — WRITE ON PAPER" in text(rail.rail_rows(view, person))
    assert "NOT RECORDED — WRITE ON PAPER" in text(visit.act_rows(view, person))
    site.face.recording, site.face.disk = Recording.WRITING, site.face.working
    assert "ecorded" not in text(suite.visit_rows(site.view()))


# --- alarm bar ---


def test_the_alarm_bar_shows_the_worst_first_and_counts_the_rest(site: Site) -> None:
    assert header.alarm_bar(site.view())[0].plain == "no open alarm"
    site.face.sign_on(site.ben)
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    site.face.hear("door-iv", Condition.DANGER)
    bar, tone = header.alarm_bar(site.view())
    assert "NOT ACKNOWLEDGED" in bar.plain
    assert "+1 more" in bar.plain
    assert tone is Tone.MEDIUM
    for alarm in site.face.working.alarms.open.values():
        site.do(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
    assert "ack BB" in header.alarm_bar(site.view())[0].plain


def test_an_open_emergency_leads_the_alarm_bar_except_on_its_own_screen(site: Site) -> None:
    site.do(OpenEmergency())
    bar, tone = header.alarm_bar(site.view())
    assert bar.plain.startswith("!!! EMERGENCY E1 not named yet — F9")
    assert tone is Tone.EMERGENCY
    assert "EMERGENCY" not in header.alarm_bar(site.view(), on_emergency=True)[0].plain


# --- the rail ---


def marks(site: Site, visit_id: str) -> dict[Step, rail.Mark]:
    view = site.view()
    return {one.step: one.mark for one in rail.rail(view, view.state.visits.open[visit_id])}


def test_the_rail_tells_done_now_fallen_and_expired(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    assert marks(site, visit_id)[Step.IDENTIFY] is rail.Mark.NOW
    site.screened(visit_id)
    site.passed(visit_id)
    done = marks(site, visit_id)
    assert done[Step.DETECTOR] is rail.Mark.DONE
    assert done[Step.ZONE_III] is rail.Mark.NOW
    site.face.beat(601)
    assert marks(site, visit_id)[Step.DETECTOR] is rail.Mark.EXPIRED
    site.face.hear("fmd-iv", Condition.DANGER)
    assert marks(site, visit_id)[Step.DETECTOR] is rail.Mark.FELL
    view = site.view()
    told = text(rail.rail_rows(view, view.state.visits.open[visit_id]))
    assert "✗ Detector pass       FELL detector alarm: redo" in told
    assert "▲ HELD by A1" in told
    assert "● Identify            BB 22:26" in told


def test_inside_the_rail_shows_when_and_presumes_the_scan(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.inside(visit_id)
    now = marks(site, visit_id)
    assert now[Step.ENTER] is rail.Mark.DONE
    assert now[Step.TABLE_LIST] is rail.Mark.NOW
    assert now[Step.SCAN] is rail.Mark.TODO


# --- acts ---


def test_every_forbidden_act_is_shown_with_three_parts(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    view = site.view()
    person = view.state.visits.open[visit_id]
    refused = [act for act in visit.acts(view, person) if act.refused]
    assert {act.key for act in refused} == {"t", "p"}
    told = text(visit.act_rows(view, person))
    for act in refused:
        assert act.refused is not None
        for part in (act.refused.reason, act.refused.who_can, act.refused.what_now):
            assert part in told
    assert "○ OPEN who it is" in told


def test_in_a_small_terminal_a_forbidden_act_says_its_reason_and_leaves_room_for_the_next_step(
    site: Site,
) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    view = site.view()
    person = view.state.visits.open[visit_id]
    refused = [act.refused for act in visit.acts(view, person) if act.refused]
    assert refused
    told, whole = (visit.act_rows(view, person, brief=brief) for brief in (True, False))
    assert len(told) == len(whole) - 2 * len(refused)
    for why in refused:
        assert why.reason in text(told)


def test_nothing_found_never_means_more_than_that(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.ready(visit_id)
    view = site.view()
    assert "nothing found by these checks" in text(visit.act_rows(view, view.state.visits.open[visit_id]))
    site.clock.advance(2)
    view = site.view()
    told = text(visit.act_rows(view, view.state.visits.open[visit_id]))
    assert "nothing found" not in told
    assert "▲ HOLD The engine does not answer" in told


def test_the_work_of_a_step_is_offered_where_it_is_done(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.screened(visit_id)
    site.passed(visit_id)
    view = site.view()
    first = visit.acts(view, view.state.visits.open[visit_id])[0]
    assert (first.key, first.refused) == ("Enter", None)


# --- screening ---


def test_questions_come_seven_a_page_with_progress_and_blank_stands_out(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    view = site.view()
    assert screening_view.interview(view, {}) is None
    site.do(BeginScreening(visit=view.selected))
    site.do(RecordInformant(visit=view.selected))
    view = site.view()
    held = screening_view.interview(view, {})
    assert held is not None
    first = held.items[0].link_id
    rows = screening_view.rows(view, held, first)
    assert sum(bool(one.key) for one in rows) == screening_view.PER_PAGE
    assert text(rows).count("□ blank") >= 5
    assert "1 of 46 answered, 45 blank" in text(screening_view.head(view, held, first))
    pending = screening_view.interview(view, {first: "self"})
    assert pending is not None
    assert screening_view.progress(pending) == "1 of 46 answered, 45 blank"


@pytest.mark.parametrize("took_s", [1, 60])
def test_an_interview_done_in_a_hurry_is_told_to_the_second_reviewer(site: Site, took_s: int) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.do(BeginScreening(visit=visit_id))
    site.do(RecordInformant(visit=visit_id))
    site.face.beat(took_s)
    site.answered(visit_id)
    site.do(SignScreening(visit=visit_id), site.cleo)
    view = site.view()
    held = screening_view.interview(view, {})
    assert held is not None
    told = text(screening_view.head(view, held, ""))
    assert ("IN A HURRY" in told) is (took_s < 20)


def test_the_reviewer_does_not_see_a_starred_answer_before_it_was_said_aloud(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.screened(visit_id)
    view = site.view()
    case = replace(
        view.state.screening.cases[visit_id], again={}, verdict=screening_view.screening.Verdict.HOLD
    )
    held = screening_view.Interview(case, FORMS["screening-adult"])
    told = text(screening_view.rows(view, held, ""))
    assert told.count("hidden until asked aloud") == len(held.starred)
    assert "9 left" in told
    said = screening_view.Interview(case, FORMS["screening-adult"], {held.starred[0].link_id: "yes"})
    assert "DIFFERS from the form" in text(screening_view.rows(view, said, ""))


def test_neither_hold_nor_none_tells_the_form_before_it_was_asked_aloud(site: Site) -> None:
    """W4: the reviewer asks without knowing what the form says, and what holds would say it."""
    visit_id = stages.interviewed(site, Q01="yes", Q37="yes")
    view = site.view()
    case = view.state.screening.cases[visit_id]
    held = screening_view.Interview(case, FORMS["screening-adult"])
    told = text(screening_view.rows(view, held, ""))
    assert "HOLDS of ★ questions stand here once each was asked aloud" in told
    assert "RESOLVE_FIRST" not in told
    assert "▲ HOLD_CLINICAL: MRMD or RAD resolves it" in told
    assert "hold:Q01" not in screening_view.keys_of(held)
    assert "hold:Q37" in screening_view.keys_of(held)
    plain = screening_view.Interview(replace(case, findings={}), FORMS["screening-adult"])
    assert "NOTHING HOLDS" not in text(screening_view.rows(view, plain, ""))
    heard = {item.link_id: case.answers[item.link_id] for item in held.starred}
    after = screening_view.Interview(case, FORMS["screening-adult"], heard)
    assert "RESOLVE_FIRST" in text(screening_view.rows(view, after, ""))


def test_a_hurried_review_is_told_on_visit_and_suite_until_the_visit_is_closed(site: Site) -> None:
    """For the supervisor, without looking for it: how many of how many, and of whom."""
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.screened(visit_id)
    view = site.view()
    on_visit = text(rail.rail_rows(view, view.state.visits.open[visit_id]))
    assert "▲ 9 of 9 ★ FASTER THAN READ ALOUD" in on_visit
    for width in (0, 80):
        on_suite = text(suite.point_rows(view, width))
        assert "▲ FOR THE SUPERVISOR, reviewed faster than read aloud: V1 9 of 9 ★" in on_suite
    site.do(CloseVisit(visit=visit_id, outcome="not-scanned"))
    assert "read aloud" not in text(suite.point_rows(site.view()))


def test_an_emergent_screen_is_no_hurried_review(site: Site) -> None:
    stages.unasked(site)
    view = site.view()
    (visit_id,) = view.state.visits.open
    case = view.state.screening.cases[visit_id]
    assert case.emergent is not None
    hasty = replace(case, rushed=("Q01",), again={"Q01": "no"})
    cases = {visit_id: hasty}
    state = replace(view.state, screening=replace(view.state.screening, cases=cases))
    seen = replace(view, snapshot=replace(view.snapshot, shown=state))
    assert conditions.rushed(seen, state.visits.open[visit_id]) == ""
    ordinary = replace(state.screening, cases={visit_id: replace(hasty, emergent=None)})
    seen = replace(view, snapshot=replace(view.snapshot, shown=replace(state, screening=ordinary)))
    assert conditions.rushed(seen, state.visits.open[visit_id]) == "1 of 1 ★"


def test_a_review_read_aloud_is_told_nowhere(site: Site) -> None:
    visit_id = stages.interviewed(site)
    for item in stages.STARRED:
        site.face.beat(20)
        site.do(AskAgain(visit=visit_id, item=item, answer="no"))
    site.do(ReviewScreening(visit=visit_id), site.ben)
    view = site.view()
    assert "read aloud" not in text(suite.point_rows(view))
    assert "READ ALOUD" not in text(rail.rail_rows(view, view.state.visits.open[visit_id]))


def test_what_holds_is_told_in_words_with_what_was_written_about_it(site: Site) -> None:
    stages.holding(site)
    view = site.view()
    held = screening_view.interview(view, {})
    assert held is not None
    told = text(screening_view.rows(view, held, "hold:Q08"))
    assert say("resolution", "excluded-by-evidence") in told
    assert "excluded-by-evidence" not in told
    assert "Only a written document counts as proof.  Example" in told
    assert "≠ the request says yes: referral, page 2" in told
    assert "▲ HOLD_CLINICAL: MRMD or RAD resolves it" in told
    site.do(TakeOverScreening(visit=view.selected), site.cleo)
    seen = site.view()
    taken = screening_view.interview(seen, {})
    assert taken is not None
    assert "Space 1: second reviewer takes over" in text(screening_view.head(seen, taken, "hold:Q08"))
    site.do(TakeOverScreening(visit=view.selected), site.ben)
    view = site.view()
    held = screening_view.interview(view, {})
    assert "v resolves 2, then g reviews it" in text(screening_view.head(view, held, "hold:Q08"))


# --- lists ---


def test_a_list_shows_the_sensor_beside_its_item(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.screened(visit_id)
    site.passed(visit_id)
    view = site.view()
    told = text(checklist.rows(checklist.Stage(view, Leg.FINAL_CHECK), ""))
    assert "sensor: pass recorded 0.0 s" in told
    assert "sensor: closed 0.0 s" in told
    site.face.hear("door-iv", Condition.DANGER)
    assert "sensor: open" in text(checklist.rows(checklist.Stage(site.view(), Leg.FINAL_CHECK), ""))
    site.clock.advance(2.5)
    assert "sensor: ▒ UNKNOWN" in text(checklist.rows(checklist.Stage(site.view(), Leg.FINAL_CHECK), ""))


def test_every_state_of_an_item_differs_by_word_symbol_and_colour() -> None:
    """NO_COLOR loses nothing: the word and the symbol say it as well."""
    assert set(LOOKS) == set(ItemState)
    for told in ([state.value for state in LOOKS], [look.symbol for look in LOOKS.values()]):
        assert len(set(told)) == len(ItemState)
    assert len({STYLES[look.tone] for look in LOOKS.values()}) == len(ItemState)


def test_a_list_that_is_not_loaded_says_use_paper(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    view = replace(site.view(), forms={})
    told = text(checklist.rows(checklist.Stage(view, Leg.DOOR_LIST), ""))
    assert told.count("is not loaded: use the paper list") == 2


# --- alarms, devices, quench, emergency ---


def test_present_answered_and_disposed_are_three_columns(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.face.hear("fmd-iv", Condition.DANGER)
    alarm = next(iter(site.face.working.alarms.open.values()))
    told = text(alarms.rows(site.view(), alarm.id))
    for word in ("PRESENT", "NOT ACKNOWLEDGED", "NOT DISPOSED OF", "a acknowledge", "d say what it was"):
        assert word in told
    site.do(AcknowledgeAlarm(alarm=alarm.id, instance=1))
    site.do(DisposeAlarm(alarm=alarm.id, disposition="object-found"))
    told = text(alarms.rows(site.view(), alarm.id))
    assert "PRESENT" in told
    assert "ack BB" in told
    assert "was: Object found" in told
    site.face.hear("fmd-iv", Condition.NORMAL)
    assert "no open alarm" in text(alarms.rows(site.view(), ""))


def test_a_way_in_without_clearance_is_never_shown_as_a_plain_one(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive()
    site.do(EnterZoneIV(visit=visit_id, anyway=True))
    view = site.view()
    assert "NOT CLEARED" in text(suite.visit_rows(view))
    assert "INSIDE, NOT CLEARED" in text(rail.rail_rows(view, view.state.visits.open[visit_id]))
    (alarm,) = (a for a in view.state.alarms.open.values() if a.rule == "entered-uncleared")
    shown = text(alarms.rows(view, alarm.id))
    assert "ENTERED WITHOUT CLEARANCE" in shown
    assert "screening not cleared" in shown


def test_devices_count_a_walk_test_down_and_name_notes(site: Site) -> None:
    site.face.sign_on(site.ben)
    assert "not walk tested this shift" in text(devices.rows(site.view()))
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.beat(5)
    assert "WALK TEST: carry the test piece past it now, 15 s left" in text(devices.rows(site.view()))
    site.face.hear("fmd-iv", Condition.DANGER)
    assert "walk tested 22:26, 0.0 s ago" in text(devices.rows(site.view()))
    site.do(NoteDevice(port="p1", what="lost", text="no line for 3 s", count=2))
    view = replace(site.view(), notes=tuple(site.face.entries[-1:]))
    assert "p1  line lost ×2  no line for 3 s" in text(devices.rows(view))


def test_no_reading_makes_the_field_state_better(site: Site) -> None:
    site.do(ReportQuench(how=QuenchKind.SPONTANEOUS))
    site.do(ObserveField(field_ut=100, position="door", instrument="M1"))
    site.do(StampQuenchStep(step="Q7", earlier_s=10))
    view = site.view()
    assert "QUENCHED, UNVERIFIED" in head(view)[1]
    side = text(quench.side_rows(view))
    for words in ("QUENCHED, UNVERIFIED", "Treat the field as PRESENT.", "KEEP OUT", "0.1 mT  door  M1"):
        assert words in side
    log = text(quench.log_rows(view, "now"))
    assert "● 7 Field read  22:26:30 ESTIMATED" in log
    assert "▶ 0 What set it off" in log


def test_the_emergency_card_shows_one_step_largest_and_what_stays_out(site: Site) -> None:
    hand = emergency_view.Hand()
    assert emergency_view.main_rows(site.view(), hand) == ()
    site.do(OpenEmergency(emergency="X"))
    assert emergency_view.choosing(site.view(), hand)
    assert len(emergency_view.kind_rows()) == 10
    site.do(ChooseEmergencyKind(emergency="X", about=EmergencyKind.ARREST))
    site.do(StampEmergencyStep(emergency="X", step="E0", earlier_s=60))
    told = text(emergency_view.main_rows(site.view(), hand))
    assert "● 1  Call out what you see  22:25:40 ESTIMATED" in told
    assert "▶ 2  STOP THE SCAN" in told
    assert "quench" not in told.lower()
    side = text(emergency_view.side_rows(site.view()))
    assert "✗ defibrillator" in side
    assert "NOT SITE-APPROVED" in side


@pytest.mark.parametrize(("at", "tone"), [(44, Tone.TITLE), (58, Tone.MEDIUM), (61, Tone.STOP)])
def test_the_removal_clock_turns_amber_and_red(site: Site, at: int, tone: Tone) -> None:
    site.do(OpenEmergency())
    site.face.beat(at)
    view = site.view()
    ran = removal_clock(view.emergency, view.now, 60)
    assert ran is not None
    assert header.CLOCK_TONE[ran.colour] is tone
    assert f"REMOVAL {stopwatch(at)}" in head(view)[1]
    assert len(emergency_view.clock_bar(view, emergency_view.Hand(), 76).plain.split("\n")) == 3


def test_a_locked_console_shows_no_personal_data(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit_id = site.arrive("Secret, Sam")
    site.screened(visit_id)
    view = replace(site.view(), locked=True, selected=visit_id)
    person = view.state.visits.open[visit_id]
    held = screening_view.interview(view, {})
    told = "\n".join(
        (
            *head(view),
            text(suite.visit_rows(view)),
            text(rail.rail_rows(view, person)),
            text(screening_view.head(view, held, "")),
            text(screening_view.rows(view, held, "")),
            text(checklist.head(checklist.Stage(view, Leg.DOOR_LIST))),
            text(checklist.rows(checklist.Stage(view, Leg.DOOR_LIST), "")),
        )
    )
    for secret in ("Secret", "Sam", "1970", "Knee", "pacemaker"):
        assert secret not in told
    assert HIDDEN in told
    assert "LOCKED" in told


def test_hostile_names_reach_the_screen_as_text(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive("[b]Mallory[/x]\x1b[31m")
    told = text(suite.visit_rows(site.view()))
    assert "[b]Mallory[/x]·[31m" in told
    assert spans("[b]").plain == "[b]"


def test_the_advice_beside_an_acknowledgement_is_that_alarms_own(site: Site) -> None:
    """An acknowledged alarm of higher priority ranks above one that still waits for an answer."""
    site.face.sign_on(site.ben)
    site.face.hear("door-iv", Condition.UNKNOWN)
    lost = next(iter(site.face.working.alarms.open.values()))
    site.do(AcknowledgeAlarm(alarm=lost.id, instance=lost.instance))
    site.face.hear("fmd-iv", Condition.UNKNOWN)
    told = text(suite.next_rows(site.view()))
    assert "Acknowledge A2" in told
    assert say("advice", "detector-lost").split(".")[0] in told
    assert say("advice", "door-lost").split(".")[0] not in told


def test_the_header_counts_down_how_long_somebody_may_still_go_in(site: Site) -> None:
    first = stages.at_work(site)
    no = site.face.working.visits.open[first].no
    told = header.header(site.view(), 120).plain
    assert f"ENTRY V{no} 9:28 left" in told
    site.face.beat(60)
    assert f"ENTRY V{no} 8:28 left" in header.header(site.view(), 120).plain
    assert "PRESENT" in header.header(site.view(), 80).plain
    site.face.hear("fmd-iv", Condition.DANGER)
    assert "ENTRY" not in header.header(site.view(), 120).plain


def test_the_visit_tells_the_leg_that_fell_and_the_shortest_way_back(site: Site) -> None:
    first = stages.at_work(site)
    person = site.view().state.visits.open[first]
    assert "nothing found by these checks, 9:28 left" in text(visit.act_rows(site.view(), person))
    site.face.hear("door-iv", Condition.DANGER)
    site.face.hear("door-iv", Condition.NORMAL)
    person = site.view().state.visits.open[first]
    told = text(visit.act_rows(site.view(), person))
    assert "✗ FELL final check: door opened unannounced" in told
    assert told.index("SHORTEST WAY BACK") < told.index("1 Read the final check back, two people")
    assert "nothing found" not in told
