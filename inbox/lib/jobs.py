"""The bell: wakes a worker after commit. Every job reads what is to be done from the database, so a lost ring only delays."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django_rq import get_queue
from prometheus_client import Counter
from redis import Redis, RedisError
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from .redis_line import complain, line

# What people wait for, and what speaks to the world outside and may take its time: a slow file must not hold up a message.
QUICK = "default"
ERRANDS = "errands"
QUEUES = (QUICK, ERRANDS)
# The package whose functions may be jobs; nothing outside of it is ever imported for a job.
PACKAGE = __name__.split(".", maxsplit=1)[0]
# Seconds for which a ring keeps its equals away. A worker that dies between taking a job and starting it swallows at
# most this much; the sweep comes round in about the same time.
FOLDED_FOR = 20
FAILURES_KEPT_FOR = 24 * 3600

RINGS_LOST = Counter("parley_rings_lost", "Rings that Redis did not take; the sweep finds their work", ["job"])

logger = logging.getLogger(__name__)
Argument = int | str
Function = TypeVar("Function", bound=Callable[..., Any])

_listed: dict[str, Callable[..., Any]] = {}
_errands: set[str] = set()
_in_place: dict[str, partial[Any]] | None = None


class NotAJob(Exception):
    """Somebody asked for a function that is not marked as a job."""


def job(function: Function) -> Function:
    """Mark a function as something that workers may run. It takes ids and words, and is safe to run twice."""
    _listed[_name(function)] = function
    return function


def errand(function: Function) -> Function:
    """Mark a function as a job that calls others over the network; it has a queue and a worker of its own."""
    _errands.add(_name(function))
    return job(function)


def later(function: Callable[..., Any], *args: Argument) -> None:
    """Ring for a job once the running transaction is committed, at once if there is none.

    Equal rings are folded: while one waits, the next adds nothing; one that comes while the job runs leads to one
    more run. A Redis that is away costs the ring, never an exception. Raises NotAJob for a function without
    ``@job`` or ``@errand``.
    """
    _find(_name(function))
    transaction.on_commit(partial(_ring, function, *args))


@contextmanager
def drain_in_place() -> Iterator[Callable[[], int]]:
    """Rings wait in memory instead of going to Redis; what this gives runs them here until none waits, and counts the runs.

    >>> with drain_in_place() as drain:
    ...     keep(body)
    ...     drain()
    """
    global _in_place
    before, _in_place = _in_place, {}
    try:
        yield _drain
    finally:
        _in_place = before


class ListedJob(Job):
    """A job of RQ that runs marked functions only, on plain data (``settings.RQ["JOB_CLASS"]``).

    Whoever can write to Redis can write jobs, and RQ by itself would import and call whatever they name, as the job, as
    one of its callbacks, or, unpickling, before any of that.
    """

    def __init__(self, id: str | None = None, connection: Redis | None = None, serializer: object = None) -> None:
        """Reads and writes JSON, whatever the worker was started with."""
        super().__init__(id=id, connection=connection, serializer=JSONSerializer)

    @property
    def func(self) -> Callable[..., Any]:
        """The marked function of that name; raises NotAJob, before anything of it is imported, for any other."""
        return _find(str(self.func_name))

    @property
    def success_callback(self) -> None:
        """None: our jobs have no callbacks."""

    @property
    def failure_callback(self) -> None:
        """None: our jobs have no callbacks."""

    @property
    def stopped_callback(self) -> None:
        """None: our jobs have no callbacks."""

    def send_webhooks(self, *args: object, **kwargs: object) -> None:
        """Nothing: a job in Redis does not decide which addresses we call."""

    def perform(self) -> Any:
        """Take the bell down, so that the next ring counts, then run."""
        self.connection.delete(_bell(str(self.func_name), self.args))
        return super().perform()


def _ring(function: Callable[..., Any], *args: Argument) -> None:
    name = _name(function)
    bell = _bell(name, args)
    if _in_place is not None:
        _in_place.setdefault(bell, partial(function, *args))
        return
    try:
        redis = line()
        if not redis.set(bell, 1, nx=True, ex=FOLDED_FOR):
            return
        try:
            queue = ERRANDS if name in _errands else QUICK
            _queue(settings.REDIS_URL, queue).enqueue_call(name, args=args, result_ttl=0, failure_ttl=FAILURES_KEPT_FOR)
        except RedisError:
            redis.delete(bell)
            raise
    except (RedisError, OSError) as error:
        RINGS_LOST.labels(name).inc()
        complain(logger, f"ring lost for {name}", error)


@cache
def _queue(url: str, name: str) -> Queue:
    # Kept, because every new queue asks the server for its version first. "auto": we wait for the commit ourselves.
    return get_queue(name, connection=line(), job_class=ListedJob, serializer=JSONSerializer, commit_mode="auto")


def _drain() -> int:
    runs = 0
    while _in_place:
        run = _in_place.pop(next(iter(_in_place)))
        run()
        runs += 1
    return runs


def _find(name: str) -> Callable[..., Any]:
    module = name.rpartition(".")[0]
    if name not in _listed and module.startswith(f"{PACKAGE}."):
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            raise NotAJob(name) from None
    if name not in _listed:
        raise NotAJob(name)
    return _listed[name]


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _bell(name: str, args: Sequence[object]) -> str:
    return ":".join(("bell", name, *map(str, args)))
