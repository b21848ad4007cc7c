"""Firefox and WebKitGTK, listening to a microphone that is a PulseAudio of our own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable
from selenium.webdriver.support.ui import WebDriverWait

from tests.service import kill_group, wait_until
from tests.sounds import RATE_HZ, wav

NEEDED = {  # each program with its Debian package
    "pulseaudio": "pulseaudio",
    "paplay": "pulseaudio-utils",
    "Xvfb": "xvfb",
    "WebKitWebDriver": "webkit2gtk-driver",
    "firefox-esr": "firefox-esr",
    "node": "nodejs",
}
JS = Path(__file__).parents[1] / "js"
VISIT_S = 120
N_LOOPS = 60  # about four minutes, longer than any visit here

# What browsers play goes to another sink than what they hear. Firefox takes no monitor for a microphone, hence the
# remapped source. The protocol comes last: who reaches the server finds all of it.
SOUND_SERVER = f"""
load-module module-null-sink sink_name=mouth rate={RATE_HZ} channels=1
load-module module-null-sink sink_name=speakers rate={RATE_HZ} channels=2
load-module module-remap-source master=mouth.monitor source_name=microphone
set-default-sink speakers
set-default-source microphone
load-module module-native-protocol-unix auth-anonymous=1 socket=%s
"""
SOUND_SERVER_ARGUMENTS = (
    "-n",
    "--daemonize=no",
    "--exit-idle-time=-1",
    "--use-pid-file=no",
    "--disable-shm=yes",
    "--high-priority=no",
    "--realtime=no",
)


@dataclass(frozen=True)
class Room:
    """A display and a microphone, as a browser finds them: by these variables of its environment."""

    folder: Path
    environment: Mapping[str, str]


def why_not() -> str | None:
    """What is missing for these browsers, or None."""
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        return f"Debian packages are not installed: {' '.join(missing)}"
    if not (JS / "node_modules" / "puppeteer-core").is_dir():
        return "puppeteer-core is not installed; ./test does it"
    return None


@contextmanager
def room(folder: Path) -> Iterator[Room]:
    """An empty, silent room with a home of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_", "PULSE_"))},
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{folder / 'sound'}",
    }
    with _sound_server(folder, environment), _display(folder, environment) as display:
        yield Room(folder, environment | {"DISPLAY": display})


@contextmanager
def playing(room: Room, waveform: NDArray[np.float64]) -> Iterator[None]:
    """The microphone hears this again and again."""
    file = room.folder / "played.wav"
    file.write_bytes(wav(np.tile(waveform, N_LOOPS), RATE_HZ))
    log = room.folder / "played.log"
    with _running(["paplay", "--device=mouth", str(file)], room.environment, log) as process:
        yield
        assert process.poll() is None, f"the microphone fell silent: {log.read_text()}"


def visit_with_firefox(room: Room, url: str) -> None:
    """Record all there is to record."""
    program = shutil.which("firefox-esr")
    assert program is not None
    log = room.folder / "firefox.log"
    command = ["node", str(JS / "firefox-visit.js"), program, url, str(room.folder / "firefox")]
    with _running(command, room.environment, log) as process:
        assert process.wait(VISIT_S) == 0, log.read_text()


def visit_with_webkit(room: Room, url: str) -> None:
    """Record all there is to record."""
    service = webdriver.WebKitGTKService(log_output=str(room.folder / "webkit.log"), env=room.environment)
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(_minibrowser())
    options.add_argument("--automation")
    with _urgent():
        driver = webdriver.WebKitGTK(options=options, service=service)
    try:
        driver.set_window_size(390, 844)
        _visit(driver, url)
    finally:
        driver.save_screenshot(str(room.folder / "webkit.png"))
        driver.quit()


def _visit(driver: webdriver.WebKitGTK, url: str) -> None:
    driver.get(url)
    for name in ("consent-agree", "consent-accept", "mic-allow", "record-start"):
        button = driver.find_element(By.ID, name)
        _wait(driver).until(element_to_be_clickable(button))
        button.click()
    _wait(driver).until(lambda driver: driver.find_element(By.ID, "thanks").is_displayed())
    status = driver.find_element(By.ID, "upload-status")
    _wait(driver).until(lambda _: status.get_attribute("data-pending") == "0")


def _wait(driver: webdriver.WebKitGTK) -> "WebDriverWait[webdriver.WebKitGTK]":
    return WebDriverWait(driver, VISIT_S, poll_frequency=0.1)


def _minibrowser() -> Path:
    """It stands beside the libraries, not on the PATH."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    assert found, "MiniBrowser is missing beside WebKitWebDriver (Debian package libwebkit2gtk-4.1-0)"
    return found[-1]


@contextmanager
def _sound_server(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    script, socket = folder / "sound.pa", folder / "sound"
    script.write_text(SOUND_SERVER % socket)
    command = ["pulseaudio", *SOUND_SERVER_ARGUMENTS, "--file", str(script)]
    with _running(command, environment, folder / "sound.log") as process:
        wait_until(lambda: socket.exists() or process.poll() is not None, "PulseAudio listens")
        assert process.poll() is None, (folder / "sound.log").read_text()
        yield


@contextmanager
def _display(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """An X server on the first free display."""
    answer, number = os.pipe()
    command = ["Xvfb", "-displayfd", str(number), "-screen", "0", "1000x1000x24", "-nolisten", "tcp"]
    with _running(command, environment, folder / "xvfb.log", pass_fds=(number,)), os.fdopen(answer) as display:
        os.close(number)
        name = display.readline().strip()
        assert name, (folder / "xvfb.log").read_text()
        yield f":{name}"


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], log: Path, pass_fds: tuple[int, ...] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process group of its own; asked to stop at the end, and killed with all it started if it does not."""
    with log.open("ab") as output, _urgent():
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            kill_group(process)


@contextmanager
def _urgent() -> Iterator[None]:
    """What is started now runs in real time, if we may: desktops give that to sound, and nobody gives it here."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
