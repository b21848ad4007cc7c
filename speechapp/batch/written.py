"""The table and the report of a run: where they may be written, and writing them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from speechapp.batch import report, table
from speechapp.batch.result import Result
from speechapp.errors import InvalidInput, StorageError


@dataclass(frozen=True)
class Written:
    """The files that were asked for beside the clips; a table of `-` goes to standard output."""

    table_path: str | None
    report_path: str | None

    def require_free(self, taken: Sequence[str], *, is_forced: bool = False) -> None:
        """Refuse the place of a recording or a clip, or (unless forced) of a file that is no earlier one of ours.

        Raises InvalidInput: table_suffix, path_taken, no_folder.
        """
        if self.table_path:
            table.format_of(self.table_path)
        paths = [path for path in (self.table_path, self.report_path) if path and path != "-"]
        all_taken = {os.path.abspath(path) for path in taken} if paths else set()
        for path in paths:
            if os.path.abspath(path) in all_taken or (os.path.exists(path) and not is_forced and not _is_ours(path)):
                sentence = "“%(path)s” is there already and is no earlier table or report; choose another name."
                raise InvalidInput("path_taken", sentence, path=path)
            if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
                raise InvalidInput("no_folder", "The folder of “%(path)s” is not there; make it first.", path=path)

    def write(self, results: Sequence[Result], about: report.About, *, with_measures: bool) -> None:
        """Write what was asked for. Raises StorageError not_written."""
        try:
            if self.table_path:
                table.write(self.table_path, results, with_measures=with_measures)
            if self.report_path:
                report.write(self.report_path, results, about)
        except OSError as error:
            sentence = (
                "The table or the report cannot be written (%(why)s); run the same command again: all else is done."
            )
            raise StorageError("not_written", sentence, why=error.strerror or error) from error


def _is_ours(path: str) -> bool:
    return os.path.isfile(path) and (table.is_ours(path) or report.is_ours(path))
