"""Everything that is looked at, in the order in which Fener needs it."""

from collections.abc import Callable, Iterator

from fener.cli.doctor import folder, machine, network, store
from fener.cli.doctor.finding import Finding
from fener.cli.doctor.patient import Patient
from fener.domain.time import Instant
from fener.settings import Settings

EXAMINATIONS: tuple[Callable[[Patient], Finding], ...] = (
    folder.data_folder,
    folder.disk,
    store.database,
    folder.key,
    folder.backups,
    store.clock,
    network.port,
    network.resolver,
    machine.trusted_roots,
    network.mail,
    machine.descriptors,
    machine.icmp,
    machine.traces,
    machine.front_end,
)


def examine(settings: Settings, now: Instant) -> Iterator[Finding]:
    """What is found, each as soon as it is."""
    patient = store.patient_of(settings, now)
    for examination in EXAMINATIONS:
        yield examination(patient)
