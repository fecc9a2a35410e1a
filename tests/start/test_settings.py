"""The two configurations: layered or single, every key known, every floor kept, every bomb refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suite_files import CONSOLE, SITE, Home
from support.suite_world import site as made

from mr_safety_console.domain.hearing_protection import Derating, Protector, RoomNoise, Sort
from mr_safety_console.domain.profile import LIMITS, TWICE_FOR, BareDoor, PointKind, Wand, strictest
from mr_safety_console.settings import MAX_BYTES, ConfigError, layered, parse_toml, read_site

NAME = "site.toml"


def read(home: Home, text: str) -> object:
    home.site.write_text(text)
    return read_site(home.site)


def refused(home: Home, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read(home, text)
    assert str(home.site) in str(error.value), "the file is named"
    return str(error.value)


def test_the_sites_words_for_a_lost_link_are_taken_and_its_seconds_are_not(home: Home) -> None:
    words = '[link_lost]\n30 = "Call the hub."\n'
    site = read(home, SITE.replace("[call]", words + "[call]"))
    assert getattr(site, "link_prompts", None) == {"30": "Call the hub."}
    assert "link_lost.15" in refused(home, SITE.replace("[call]", words.replace("30", "15") + "[call]"))
    assert "link_lost.30" in refused(home, SITE.replace("[call]", words.replace("hub", "x" * 80) + "[call]"))


def test_a_site_file_becomes_a_frozen_profile_with_its_hash(home: Home) -> None:
    site = read_site(home.site)
    assert (site.site, site.use, site.b0_mt) == ("Examplethorpe (not a real place)", "demo", 3000)
    assert site.limit("transit_s") == 45
    assert site.limit("checkin_s") == 300
    assert site.call == {"engineer": "0100 000 000"}
    assert [point.kind for point in site.points] == [PointKind.DETECTOR, PointKind.DOOR]
    assert len(site.hash) == 64
    before = site.hash
    home.site.write_text(SITE + "\n# a remark\n")
    assert read_site(home.site).hash != before


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("staffing =", "stafing =", "stafing"),
        ("b0_mt =", "b0_t =", "magnet.b0_t"),
        ("b0_mt = 3000", "b0_mt = 3.0", "magnet.b0_mt"),
        ("b0_mt = 3000", "b0_mt = true", "magnet.b0_mt"),
        ("b0_mt = 3000", 'b0_mt = "3000"', "magnet.b0_mt"),
        ("b0_mt = 3000", "b0_mt = 3", "magnet.b0_mt"),
        ("transit_s = 45", "transits = 45", "limits.transits"),
        ("transit_s = 45", "transit_s = 45.0", "limits.transit_s"),
        ('use = "demo"', 'use = "prod"', "use"),
        ("device =", "divice =", "points[0].divice"),
        ('kind = "door"', 'kind = "gate"', "points[1].kind"),
        ('id = "door-iv"', 'id = "fmd-iv"', "same id"),
        ('door = "door-iv"', 'door = "door-v"', "points.fmd-iv.door"),
        ('engineer = "0100 000 000"', "engineer = [1]", "call.engineer"),
        ('engineer = "0100 000 000"', 'engineer = "\\u001b]0;x\\u0007"', "call.engineer"),
        ("[[points]]", "[[point]]", "point"),
        ("[magnet]", "[[magnet]]", "magnet"),
        ('zone = "Europe/Berlin"', 'zone = "../../etc/passwd"', "zone"),
        ("[magnet]", 'naming = "eu"\n[magnet]', "naming"),
        ('kind = "door"', 'kind = "door"\nfrom = "IV"', "points.door-iv.from"),
        ('door = "door-iv"', 'door = "door-iv"\ndirection = 1', "points[0].direction"),
        ("[magnet]", "doors = [1]\n[magnet]", "doors"),
        ("[call]", '[[doors]]\nname = "Exit"\n[call]', "doors[0].zone"),
        ("[call]", '[[doors]]\nname = "Exit"\nzone = "IV"\nport = "p"\n[call]', "doors[0].port"),
        ("[call]", '[[doors]]\nname = "Exit"\nzone = "V"\n[call]', "doors[0].zone"),
        ("[magnet]", "wands = [1]\n[magnet]", "wands"),
        ("[call]", '[[wands]]\nid = "w"\n[call]', "wands[0].name"),
        ("[call]", '[[wands]]\nid = "w"\nname = "W"\nport = "p"\n[call]', "wands[0].port"),
        ("[call]", 2 * '[[wands]]\nid = "w"\nname = "W"\n' + "[call]", "two wands have the same id"),
        (
            "[call]",
            '[[wands]]\nid = "w"\nname = "W"\n[[wands]]\nid = "v"\nname = "W"\n[call]',
            "two wands have the same name",
        ),
        ("[magnet]", '[magnet]\nscanner = " "', "magnet.scanner"),
        ("[call]", "[rules]\nred_alarm_witness = 1\n[call]", "rules.red_alarm_witness"),
        ("[call]", "[rules]\nwitness = true\n[call]", "rules.witness"),
        ("[magnet]", "hearing = 1\n[magnet]", "hearing"),
        ("[call]", "[hearing]\nroom_noise = 1\n[call]", "hearing.room_noise"),
        ("[call]", '[hearing]\nroom_peak_dB = "125"\n[call]', "hearing.room_peak_dB"),
        ("[call]", "[hearing]\nroom_peak_dB = nan\n[call]", "hearing.room_peak_dB"),
        ("[call]", "[hearing]\nroom_peak_dB = inf\n[call]", "hearing.room_peak_dB"),
        ("[call]", "[hearing]\nroom_peak_dB = 140.1\n[call]", "hearing.room_peak_dB"),
        ("[call]", "[hearing]\nroom_noise_LCeq_dBC = 59.9\n[call]", "hearing.room_noise_LCeq_dBC"),
        ("[call]", "[hearing]\nroom_noise_LAeq_dBA = 115.25\n[call]", "hearing.room_noise_LAeq_dBA"),
        ("[call]", '[hearing]\nsource = ""\n[call]', "hearing.source"),
        ("[magnet]", "protectors = [1]\n[magnet]", "protectors"),
        ("[call]", '[[protectors]]\nkind = "plug"\n[call]', "protectors[0].name"),
        ("[call]", '[[protectors]]\nname = "P"\nkind = "hat"\n[call]', "protectors[0].kind"),
        ("[call]", '[[protectors]]\nname = "P"\nkind = "plug"\nnrr = 9\n[call]', "protectors[0].nrr"),
        ("[call]", '[[protectors]]\nname = "P"\nkind = "plug"\nsnr = 41\n[call]', "protectors[0].snr"),
        ("[call]", '[[protectors]]\nname = "P"\nkind = "plug"\nsnr = 30.5\n[call]', "protectors[0].snr"),
        ("[call]", '[[protectors]]\nname = "P"\nkind = "plug"\nslc80 = 20\n[call]', "protectors[0].slc80"),
        ("[call]", 2 * '[[protectors]]\nname = "P"\nkind = "plug"\n' + "[call]", "the same name"),
    ],
)
def test_a_key_or_value_that_is_wrong_is_refused_by_name(home: Home, old: str, new: str, named: str) -> None:
    assert old in SITE
    assert named in refused(
        home, SITE.replace(old, new, 1) if old != "[[points]]" else SITE.replace(old, new)
    )


def test_a_file_may_draw_the_plan_of_its_suite(home: Home) -> None:
    before = read_site(home.site)
    assert (before.naming, before.bare_doors, [point.direction for point in before.points]) == (
        ("acr", (), ["unknown", "unknown"])
    )
    home.site.write_text(
        SITE.replace("[magnet]", 'naming = "uk"\n[magnet]').replace(
            'kind = "door"', 'kind = "door"\nfrom = "II"'
        )
        + '\n[[doors]]\nname = "Exit"\nzone = "IV"\nfrom = "I"\n'
    )
    site = read_site(home.site)
    assert (site.naming, site.bare_doors, site.door_iv.outer) == ("uk", (BareDoor("Exit", "IV", "I"),), "II")


def test_hand_held_detectors_and_the_witness_are_the_sites_to_say(home: Home) -> None:
    """Left out: no wand stands in for anything, and one person watches a pass."""
    before = read_site(home.site)
    assert (before.wands, before.red_alarm_witness) == ((), False)
    home.site.write_text(
        SITE + '\n[rules]\nred_alarm_witness = true\n[[wands]]\nid = "w-1"\nname = "Hand wand"\n'
    )
    site = read_site(home.site)
    assert (site.wands, site.red_alarm_witness) == ((Wand("w-1", "Hand wand"),), True)
    assert strictest(before).red_alarm_witness, "a site whose file cannot be read wants the witness"


def test_noise_and_protectors_are_the_sites_to_say_and_have_no_default(home: Home) -> None:
    before = read_site(home.site)
    assert (before.room, before.protectors) == (RoomNoise(), ())
    home.site.write_text(
        SITE
        + "\n[hearing]\nroom_noise_LAeq_dBA = 118.3\nroom_noise_LCeq_dBC = 60\n"
        + 'room_peak_dB = 140\nsource = "declaration"\n'
        + '[[protectors]]\nname = "Foam"\nkind = "plug"\nnrr = 32\n'
        + '[[protectors]]\nname = "Hood"\nkind = "neonatal"\n'
    )
    site = read_site(home.site)
    assert site.room == RoomNoise(Decimal("118.3"), Decimal(60), Decimal(140), "declaration")
    assert site.protectors == (Protector("Foam", Sort.PLUG, nrr=32), Protector("Hood", Sort.NEONATAL))
    assert (before.derating, strictest(before).derating) == (Derating(50, 4), Derating(25, 15))


def test_for_whom_the_final_check_is_read_twice_is_the_sites_to_say_but_for_an_emergency(home: Home) -> None:
    """Left out it is everybody on the list, and so with a file that cannot be read."""
    before = read_site(home.site)
    assert before.final_check_twice == TWICE_FOR
    home.site.write_text(SITE + '\n[rules]\nfinal_check_twice = ["emergent", "released"]\n')
    site = read_site(home.site)
    assert site.final_check_twice == ("emergent", "released")
    assert strictest(site).final_check_twice == TWICE_FOR
    for wrong in ('["released"]', '["emergent", "mondays"]', '"emergent"', "[1]"):
        assert "final_check_twice" in refused(home, SITE + f"\n[rules]\nfinal_check_twice = {wrong}\n")


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_no_number_leaves_its_range(home: Home, limit: object) -> None:
    for value in (limit.low - 1, limit.high + 1, -1, 10**30):  # type: ignore[attr-defined]
        text = SITE.replace("transit_s = 45", f"{limit.name} = {value}")  # type: ignore[attr-defined]
        assert f"limits.{limit.name}" in refused(home, text)  # type: ignore[attr-defined]
    for value in (limit.low, limit.high):  # type: ignore[attr-defined]
        read(home, SITE.replace("transit_s = 45", f"{limit.name} = {value}"))  # type: ignore[attr-defined]


@given(st.data())
@settings(deadline=None)
def test_the_strictest_profile_is_inside_every_range_and_no_laxer(data: st.DataObject) -> None:
    limits = {limit.name: data.draw(st.integers(limit.low, limit.high)) for limit in LIMITS}
    given_, strict = made(limits=limits), strictest(made(limits=limits))
    for limit in LIMITS:
        ours, theirs = strict.limit(limit.name), given_.limit(limit.name)
        if limit.name in (
            "handling_screening_min_s",
            "oxygen_warn_tenths",
            "oxygen_alarm_tenths",
            "egfr_hold",
            "snr_allowance_db",
            "tick_pace_ms",
            "contrast_last_s",
        ):
            assert ours >= theirs, "a least time is strict when it is long, a level when it is high"
        else:
            assert ours <= theirs
    assert strict.limit("silence_ms") == given_.limit("silence_ms")


BOMBS: dict[str, bytes] = {
    "arrays": b"a = " + b"[\n" * 20_000,
    "tables": b"a = " + b"{b = " * 150 + b"1" + b"}" * 150,
    "dots": b".".join([b"a"] * 400) + b" = 1",
    "quoted dots": b'"a".' * 200 + b"b = 1",
    "many dots": b"\n".join(b".".join([b"k%d" % n] * 60) + b" = 1" for n in range(300)),
    "long": b"a = '" + b"x" * 2000 + b"'",
    "big": b"# x\n" * (MAX_BYTES // 4 + 1),
    "number": b"a = " + b"9" * 900,
    "dates": b"a = 9999-99-99",
    "null": b"a = '\0'",
    "latin": b"a = '\xe9'",
    "tables of tables": b"\n".join(b"[a%d.b.c]" % n for n in range(4000))[:MAX_BYTES],
}


@pytest.mark.timing
@pytest.mark.parametrize("bomb", BOMBS)
def test_no_file_takes_long_to_refuse(home: Home, bomb: str) -> None:
    home.site.write_bytes(BOMBS[bomb])
    began = time.process_time()
    with pytest.raises(ConfigError):
        read_site(home.site)
    assert time.process_time() - began < 2.0


@given(st.binary(max_size=400))
def test_bytes_are_read_or_refused_and_never_anything_else(raw: bytes) -> None:
    said = ""
    try:
        parse_toml(raw, NAME)
    except ConfigError as error:
        said = str(error)
    assert said == "" or said.startswith(NAME)


def test_an_error_carries_no_escape_sequence_of_the_file(home: Home) -> None:
    assert "\x1b" not in refused(home, '"\\u001b[2J" = 1\n' + SITE)


# --- the machine ---


def machine(home: Home, *files: Path, environ: dict[str, str] | None = None, **flags: str) -> object:
    defaults = {"data": "/default/data", "site": "/default/site"}
    return layered(tuple(files), environ or {}, flags, defaults)


def test_later_layers_win_key_by_key(home: Home, tmp_path: Path) -> None:
    late = tmp_path / "late.toml"
    home.console.write_text('data = "/file/data"\nsite = "/file/site"\n' + CONSOLE)
    late.write_text('site = "/late/site"\n[ports.door]\nurl = "/dev/x"\nexpect_device = "D9"\nbaud = 9600\n')
    settings = machine(home, tmp_path / "absent.toml", home.console, late)
    assert (str(settings.data), str(settings.site)) == ("/file/data", "/late/site")  # type: ignore[attr-defined]
    ports = {port.name: port for port in settings.ports}  # type: ignore[attr-defined]
    assert (ports["door"].url, ports["door"].baud) == ("/dev/x", 9600)
    assert ports["detector"].baud == 115200
    assert settings.sources == (str(home.console), str(late))  # type: ignore[attr-defined]
    by_env = machine(home, home.console, environ={"MRSC_DATA": "/env/data", "MRSC_OTHER": "x"})
    assert str(by_env.data) == "/env/data"  # type: ignore[attr-defined]
    by_flag = machine(home, home.console, environ={"MRSC_DATA": "/env/data"}, data="/flag/data")
    assert str(by_flag.data) == "/flag/data"  # type: ignore[attr-defined]


def test_the_player_of_the_machine_is_the_file_s_unless_the_environment_names_one(home: Home) -> None:
    assert machine(home, home.console).player == ""  # type: ignore[attr-defined]
    home.console.write_text(CONSOLE + '[sound]\nplayer = "/usr/bin/aplay"\n')
    assert machine(home, home.console).player == "/usr/bin/aplay"  # type: ignore[attr-defined]
    named = machine(home, home.console, environ={"MRSC_PLAYER": "/env/play"})
    assert named.player == "/env/play"  # type: ignore[attr-defined]


def test_a_dangling_link_is_an_unreadable_file_not_an_absent_one(home: Home) -> None:
    home.console.unlink()
    home.console.symlink_to("/nowhere/at/all")
    with pytest.raises(ConfigError, match="cannot be read"):
        machine(home, home.console)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda text: text.replace("url =", "uri =", 1), "ports.detector.uri"),
        (lambda text: text + 'simulated = "yes"\n', "ports.door.simulated"),
        (lambda text: "colour = 1\n" + text, "colour"),
        (lambda text: text + "[sound]\nvolume = 11\n", "sound.volume"),
        (lambda text: text + '[sound]\nplayer = "aplay"\n', "sound.player"),
        (lambda text: "sound = 1\n" + text, "sound"),
        (lambda text: "ports = 1\n", "ports"),
        (lambda text: "[ports]\ndoor = 1\n", "ports.door"),
        (lambda text: "data = 1\n", "data"),
        (lambda text: text + "baud = 1.5\n", "ports.door.baud"),
    ],
)
def test_a_wrong_key_of_the_machine_is_refused_by_name(
    home: Home, spoil: Callable[[str], str], named: str
) -> None:
    home.console.write_text(spoil(CONSOLE))
    with pytest.raises(ConfigError) as error:
        machine(home, home.console)
    assert named in str(error.value)
    assert str(home.console) in str(error.value)


@pytest.mark.parametrize("channel", ["-1", "16", "9" * 900])
def test_a_channel_no_device_has_is_refused(home: Home, channel: str) -> None:
    """Such a point would be UNKNOWN for ever, and nobody would know why."""
    text = SITE.replace('kind = "detector"', f'kind = "detector"\nchannel = {channel}', 1)
    assert text != SITE
    assert "channel: a device has channels 0 to 15" in refused(home, text)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("spy:///dev/ttyUSB0?file=/tmp/x", "spy://"),
        ("SPY:///dev/ttyUSB0", "spy://"),
        ("socket://127.0.0.1:9?logging=debug", "logging="),
        ("rfc2217://127.0.0.1:9?ign_set_control&Logging=debug", "logging="),
        ("loop://?logging=info", "logging="),
        ("socket://127.0.0.1:9?lo%67ging=debug", "logging="),
        ("rfc2217://127.0.0.1:9?a=1&%4Cogging=debug", "logging="),
    ],
)
def test_a_port_that_would_write_beside_listening_is_refused(home: Home, url: str, why: str) -> None:
    """A port is only ever listened to, and what it says goes to no file of its own."""
    home.console.write_text(CONSOLE.replace("/dev/does-not-exist-1", url))
    with pytest.raises(ConfigError, match=r"ports\.detector\.url") as error:
        machine(home, home.console)
    assert why in str(error.value)


@pytest.mark.parametrize(
    "url", ["/dev/ttyUSB0", "/dev/file?logging=x", "socket://127.0.0.1:9", "rfc2217://h:1?ign_set_control"]
)
def test_a_port_that_only_listens_is_taken_as_it_stands(home: Home, url: str) -> None:
    home.console.write_text(CONSOLE.replace("/dev/does-not-exist-1", url))
    assert machine(home, home.console).ports[0].url == url  # type: ignore[attr-defined]
