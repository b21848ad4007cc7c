"""What lies in the archive before the clips: texts, lists and noise, all of it computed from the selection."""

from speechapp.release.datasheet import datasheet, licence
from speechapp.release.manifest import BACKGROUND_NOISE, LIST_NAMES, MANIFEST_NAME, write_list, write_manifest
from speechapp.release.noise import background_noise
from speechapp.release.room_noise import NOISE_LIST_NAME, write_noise_list
from speechapp.release.selection import Selection


def texts(version: str, selection: Selection) -> dict[str, bytes]:
    """The texts that lie in the archive and beside it."""
    return {
        "README.md": datasheet(
            version,
            selection.rows,
            selection.speakers_by_origin,
            selection.told,
            selection.language,
            [noise.seconds for noise in selection.noises],
        ),
        "LICENSE": licence(version),
    }


def beside(version: str, selection: Selection) -> dict[str, bytes]:
    """What lies beside the archive, the checksums apart; a list of the noise where it is not that of every release."""
    noise_list = {NOISE_LIST_NAME: write_noise_list(selection.noises)} if selection.noises else {}
    return {**texts(version, selection), MANIFEST_NAME: write_manifest(selection.rows), **noise_list}


def fixed_files(version: str, selection: Selection) -> dict[str, bytes]:
    """Name in the archive to content, in order: the lists come before all clips, so a stream can be partitioned."""
    lists = {name: write_list(selection.rows, partition) for partition, name in LIST_NAMES.items()}
    noises = {f"{BACKGROUND_NOISE}/{name}": wav for name, wav in background_noise().items()}
    return {**texts(version, selection), **lists, **noises}
