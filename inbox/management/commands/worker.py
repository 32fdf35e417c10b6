"""``manage.py worker``: runs the jobs that the bell rings for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from redis import Redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from inbox.journeys.inbound import process
from inbox.lib.heartbeat import Pulse
from inbox.lib.jobs import ERRANDS, QUICK, ListedJob
from inbox.management.parts import GRACE_SECONDS, run_until_told

logger = logging.getLogger(__name__)

LOOK_UP_SECONDS = 2  # an idle worker looks up this often whether it should stop
MAINTENANCE_SECONDS = 60  # RQ's own 600 would leave the jobs of a killed worker lying about
PAUSE_WITHOUT_REDIS = 1.0


class Worker(SimpleWorker):
    """Takes one job after the other in a thread, from one queue, so that RQ moves jobs instead of popping them.

    No forked work-horse: on the hot path a fork per job costs four times the time (and twice the memory), and every job
    of ours is safe to run again, because the row and not the job is the truth.
    """

    death_penalty_class = TimerDeathPenalty
    dequeue_timeout = LOOK_UP_SECONDS
    max_connection_wait_time = 4.0

    def __init__(
        self,
        name: str,
        connection: Redis,
        stop: threading.Event,
        pulse: Callable[[], None],
        meanwhile: Callable[[], None],
    ) -> None:
        queue = Queue(name, connection=connection, job_class=ListedJob, serializer=JSONSerializer)
        super().__init__(
            [queue],
            connection=connection,
            job_class=ListedJob,
            serializer=JSONSerializer,
            maintenance_interval=MAINTENANCE_SECONDS,
            log_job_description=False,
        )
        self.stop = stop
        self.pulse = pulse
        self.meanwhile = meanwhile

    @property
    def should_run_maintenance_tasks(self) -> bool:
        """RQ asks this each time before it looks for a job: the one place to say that we live, or to stop with empty hands."""
        if self.stop.is_set():
            raise StopRequested
        close_old_connections()
        self.pulse()
        return bool(super().should_run_maintenance_tasks)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ begins each round with this, also while Redis is away: hear the order to stop then too, and do what can be done."""
        if self.stop.is_set():
            raise StopRequested
        try:
            super().heartbeat(timeout, pipeline)
        except (redis.ConnectionError, redis.TimeoutError):
            self.pulse()
            self.meanwhile()
            raise

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """One job, on a database connection that still works."""
        close_old_connections()
        try:
            return bool(super().perform_job(job, queue, execution))
        finally:
            close_old_connections()

    def _install_signal_handlers(self) -> None:
        """None: we run in a thread, and the process listens to signals for all its parts."""


def run(stop: threading.Event) -> None:
    """Work at what people wait for until ``stop``."""
    serve(QUICK, stop, Pulse("worker"), take_in_unasked)


def run_errands(stop: threading.Event) -> None:
    """Work at what speaks to the world outside until ``stop``."""
    serve(ERRANDS, stop, Pulse("errands"), lambda: None)


def take_in_unasked() -> None:
    """Nobody can ring while Redis is away, but webhooks are still kept: look for them."""
    try:
        process()
    except DatabaseError:
        logger.exception("webhooks wait for the database")
        close_old_connections()


def serve(queue: str, stop: threading.Event, pulse: Callable[[], None], meanwhile: Callable[[], None]) -> None:
    """Work at one queue; while Redis is away, wait for it and do ``meanwhile`` every few seconds."""
    while not stop.is_set():
        try:
            # work() also ends by itself when Redis is away for long.
            Worker(queue, Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2), stop, pulse, meanwhile).work(
                logging_level="WARNING"
            )
        except StopRequested:
            return
        except (redis.RedisError, OSError) as error:
            logger.warning("no Redis", extra={"reason": type(error).__name__})
            meanwhile()
        stop.wait(PAUSE_WITHOUT_REDIS)


class Command(BaseCommand):
    """Both queues in the foreground, each in a thread."""

    help = "Run the jobs that the bell rings for. SIGTERM lets the job in hand end."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long the job in hand may take after SIGTERM."""
        parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds for work in hand after SIGTERM")

    def handle(self, **options: Any) -> None:
        """Until a signal comes."""
        run_until_told(grace=options["grace"], worker=run, errands=run_errands)
