"""Bringing the rows of one table into the database, batch by batch."""

from collections.abc import Callable, Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import models

from r1540.history import publication

from . import statements
from .reading import Problem, Problems
from .saving import is_final, reason_of, save
from .staging import BAD, GOOD, INSERTED, NEW, REFUSED, UPDATED, WAITING, Staging, batched
from .statements import run
from .tables import Column, Table


class Work:
    """One table's part. Rows of other tables are looked up where this one's point at them."""

    def __init__(self, table: Table, staging: Staging, problems: Problems, tell: Callable[[int], None], total: int):
        self.table, self.staging, self.problems, self.tell, self.total = table, staging, problems, tell, total
        single = [column for column in table.columns if not column.is_many]
        self.own = [column for column in single if column.target is table]
        self.others = [column for column in single if column.target is not table]

    def run(self, in_record: set[Table]) -> None:
        """Compare and save all rows; `in_record`: the tables that come with this one, done before it."""
        self.in_record = in_record
        refused, before = self._pass(NEW), None
        while refused and refused.count != before:  # a rule over several rows: as long as trying again helps
            before = refused.count
            refused = self._pass(REFUSED)
        self.problems.take(refused)
        self.staging.give_up(self.table)
        if self.own:
            self._point_at_own_table()
        if self.table.model.clean is not models.Model.clean:
            self._ask_the_model()

    def _pass(self, outcome: str) -> Problems:
        """Compare and save the rows with an outcome; why rows are still refused."""
        refused = Problems()
        changed = self._compare([*self.others, *self.table.lists], outcome)
        done = self.total - len(changed)
        self.tell(done)
        for lines in batched(changed):
            done += len(lines)
            for line, error in save(lines, self._write):
                may_be_saved_later = not is_final(error)
                self._refuse(line, error, refused if may_be_saved_later else self.problems)
                self.staging.note(self.table, [line], REFUSED if may_be_saved_later else BAD)
                lines.remove(line)
            self._save_lists(lines)
            self.tell(done)
        return refused

    def _compare(self, columns: Iterable[Column], *outcomes: str) -> list[int]:
        """Compare the rows with these outcomes with the database; the lines of those that are new or differ."""
        for lines in self.staging.batches(self.table, *outcomes):
            self._look_up(lines)
        found = run(statements.compare(self.table, columns), list(outcomes))
        return sorted(line for line, outcome in found if outcome in (INSERTED, UPDATED))

    def _refuse(self, line: int, error: Exception, problems: Problems) -> None:
        problems.add(Problem(self.table.file, line, *reason_of(error, self.table.model())))

    def _look_up(self, lines: list[int]) -> None:
        """Find the rows at which these point, in the database or coming with the file, and note where that fails."""
        bad, waiting = set(), set()
        for column in (column for column in self.table.columns if column.target):
            for line, key, is_there in self._astray(column, lines):
                if is_there:
                    waiting.add(line)
                else:
                    bad.add(line)
                    self.problems.add(Problem(self.table.file, line, column.name, self._not_there(column.target, key)))
        self.staging.note(self.table, waiting - bad, WAITING)
        self.staging.note(self.table, bad, BAD)

    def _astray(self, column: Column, lines: list[int]) -> Iterator[tuple[int, str, bool]]:
        """Lines that point at a row that is not there, or at one that is but has problems, each with that row's key."""
        table, keys = column.target, statements.keys(column)
        pointing = f"FROM {statements.staged(self.table)} AS row, {keys} AS one (key) WHERE line = ANY(%s)"
        wanted = {key for (key,) in run(f"SELECT DISTINCT one.key {pointing}", lines)}
        if not wanted:
            return
        there = table.there(wanted)
        if table is self.table:
            there |= self.staging.among(table, wanted, is_bad=False)
        bad = self.staging.among(table, wanted, is_bad=True) if table in self.in_record else set()
        if astray := bad | (wanted - there):
            found = run(f"SELECT line, one.key {pointing} AND one.key = ANY(%s)", lines, list(astray))
            yield from ((line, key, key in bad) for line, key in sorted(found))

    def _not_there(self, target: Table, key: str) -> str:
        if target in self.in_record:
            return f"“{key}” is neither in {target.file} nor in the database."
        return f"“{key}” is not in the database. Import it first, with {target.file}."

    def _write(self, lines: list[int]) -> None:
        insert, values = statements.insert(self.table, self.others)
        run(statements.update(self.table, self.others), lines)
        run(insert, *values, lines)

    def _save_lists(self, lines: list[int]) -> None:
        """Bring many-to-many columns to what the rows say."""
        for column in self.table.lists if lines else ():
            run(statements.take_off_list(self.table, column), lines)
            run(statements.put_on_list(self.table, column), lines)
            lapsed = models.expressions.RawSQL(statements.lapsed(self.table, column), (lines,))
            publication.lapse(self.table.model, lapsed)

    def _point_at_own_table(self) -> None:
        """Bring pointers at rows of the same table, all of which are saved now, to what the rows say."""
        for lines in batched(self._compare(self.own, *GOOD)):
            for line, error in save(lines, self._write_own):
                self._refuse(line, error, self.problems)
                self.staging.note(self.table, [line], BAD)

    def _write_own(self, lines: list[int]) -> None:
        run(statements.update(self.table, self.own), lines)

    def _ask_the_model(self) -> None:
        """Ask a model that has rules of its own in `clean`, now that all rows are there for it to look at."""
        pointers = [column.name for column in self.table.pointers]
        for lines in self.staging.batches(self.table, INSERTED, UPDATED):
            rows = self.staging.saved(self.table, lines)
            models.prefetch_related_objects([instance for _, instance in rows], *pointers)
            for line, instance in rows:
                try:
                    instance.clean()
                except ValidationError as error:
                    for name, messages in error.update_error_dict({}).items():
                        reason = " ".join(map(str, ValidationError(messages)))
                        self.problems.add(Problem(self.table.file, line, name.replace("__all__", ""), reason))
                    self.staging.note(self.table, [line], BAD)
