from pipelines.cli import COMMANDS, command_named
from pipelines.flags.chain_steps import CHAIN_STEPS
from vae.commands.command import parser_of


def test_every_step_is_a_command_that_knows_its_flags():
    for step in CHAIN_STEPS:
        assert step.name in COMMANDS
        parser = parser_of(command_named(step.name))
        flags = {f"--{name}" for name in (*step.flags, "output")} | set(step.again)
        assert flags <= set(parser._option_string_actions)


def test_a_step_reads_what_an_earlier_step_writes():
    written = []
    for step in CHAIN_STEPS:
        assert set(step.flags.values()) <= set(written)
        assert all(path.partition("/")[0] in written for path in step.reads)
        written.append(step.output)
    assert CHAIN_STEPS[0].name == "prepare"
