"""The doorbells of a serving process: actions ring, the stages and the live pages hear."""

from fener.bootstrap.stages import Stages
from fener.domain.place import Place
from fener.pipeline.publish.publisher import Change, Topic


class StageBells:
    """`fener.actions.context.Doorbells`. What is rung before `connect` is found in the store."""

    def __init__(self) -> None:
        self._stages: Stages | None = None

    def connect(self, stages: Stages) -> None:
        self._stages = stages

    def check_now(self, monitor_id: int) -> None:
        if self._stages:
            self._stages.scheduler.check_now(monitor_id)

    def monitors_changed(self, *places: Place) -> None:
        if self._stages:
            self._stages.scheduler.monitors_changed()
            self._stages.publisher.publish(*(Change(Topic.MONITORS, one) for one in places))

    def incidents_changed(self, *places: Place) -> None:
        if self._stages:
            self._stages.publisher.publish(*(Change(Topic.INCIDENT, one) for one in places))

    def messages_owed(self, place: Place) -> None:
        if self._stages:
            self._stages.notifier.ring()
            self._stages.publisher.publish(Change(Topic.MESSAGES, place))
