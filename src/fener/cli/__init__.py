"""The command line: `fener`. Its parts are brought in when they are needed."""


def main() -> None:
    """The entry point of `fener`."""
    # The prober's process lives in this package too, and should not carry all the commands.
    from fener.cli.app import main as run_command  # noqa: PLC0415

    run_command()
