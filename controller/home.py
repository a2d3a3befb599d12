"""Where data is kept by whoever does not say where."""

from pathlib import Path

import platformdirs


class HomelessError(RuntimeError):
    """This user has no home folder; one plain sentence that names the way out."""


def usual_folder() -> Path:
    """The user's own data folder; it need not be there yet. Raises: `HomelessError`."""
    try:
        return platformdirs.user_data_path("retrotread")
    except RuntimeError:
        raise HomelessError(
            "There is no home folder to keep data in. Set HOME, or say where: data_dir in the "
            "settings, or --data."
        ) from None
