"""Queries that every page asks: written down once, asked with other values each time."""

import datetime as dt
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Value = int | str | dt.date
# Stand in for values while the SQL is written: nothing that a query asks for by itself looks like these.
_MARKS: dict[type, Callable[[int], Value]] = {
    int: lambda place: -1_000_000_000 - place,
    str: lambda place: f"\N{REFERENCE MARK}{place}",
    dt.date: lambda place: dt.date.min + dt.timedelta(days=place),
}


@dataclass(frozen=True, slots=True)
class _Written:
    """SQL with its parameters, and for each parameter the place of the value that goes there, None for a constant."""

    queryset: "QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int | None, ...]


class PreparedQuery:
    """A small query whose SQL is kept: Django takes several times as long to write it as the database to answer.

    `build` makes a queryset, of models or of values, from what a call gives: whole numbers, strings, dates, and tuples of one
    or more of these, for `__in` (each length is written down for itself). It must use them as they are, in exact comparisons;
    which values they are must not change what it builds.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._written: dict[tuple[object, ...], _Written] = {}

    def __call__(self, *values: Value | tuple[Value, ...]) -> list[Any]:
        """The objects or rows for `values`, in the order in which `build` takes them. One query."""
        key = (connection.vendor, *(len(value) if isinstance(value, tuple) else None for value in values))
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = self._write(values)
        flat = [_adapted(value) for value in _flat(values)]
        parameters = tuple(
            constant if place is None else flat[place]
            for constant, place in zip(written.parameters, written.places, strict=True)
        )
        # A compiler belongs to a thread's connection, and this one is to say what is written rather than write it anew.
        compiler: Any = copy(written.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (written.sql, parameters)
        asked: Any = written.queryset.all()
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler
        return list(asked)

    def _write(self, values: Sequence[Value | tuple[Value, ...]]) -> _Written:
        marks = [_MARKS[type(value)](place) for place, value in enumerate(_flat(values))]
        left = iter(marks)
        arguments = [tuple(next(left) for _ in value) if isinstance(value, tuple) else next(left) for value in values]
        queryset = self._build(*arguments)
        compiler = queryset.query.get_compiler(connection.alias)
        sql, parameters = compiler.as_sql()
        place_of = {_adapted(mark): place for place, mark in enumerate(marks)}
        places = tuple(place_of.get(parameter) for parameter in parameters)
        if set(places) - {None} != set(range(len(marks))):
            raise ValueError("a value is lost on its way into the query: it must be compared exactly")
        return _Written(queryset, compiler, sql, tuple(parameters), places)


def _flat(values: Sequence[Value | tuple[Value, ...]]) -> list[Value]:
    return [single for value in values for single in (value if isinstance(value, tuple) else (value,))]


def _adapted(value: Value) -> Any:
    """`value` as this database takes it; SQLite takes dates as text."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, dt.date) else value
