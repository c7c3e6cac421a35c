import { Command, CommanderError } from 'commander';
import { addAdapterCheckCommand } from './commands/adapter-check.js';
import { addArchitectCommand } from './commands/architect.js';
import { addDashboardCommand } from './commands/dashboard.js';
import { addDlqCommand } from './commands/dlq.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addExplainCommand } from './commands/explain.js';
import { addGatewayCommand } from './commands/gateway.js';
import { addRecordCommand } from './commands/record.js';
import { addSimulateCommand } from './commands/simulate.js';
import { addSimulatorCommand } from './commands/simulator.js';
import { EXIT, exitCodeOf, lineOf } from './terminal/errors.js';
import { processTerminal, type Terminal } from './terminal/terminal.js';
import { readVersion } from './version.js';

const ABOUT = `Explains, checks, simulates and watches Holdline.

Exit codes: 0 done; 1 the command found an error, or its work failed; 2 wrong options or configuration.`;

/**
 * Makes the program `holdline` with all its commands.
 *
 * @param terminal - Where the commands write.
 * @defaultValue the terminal of this process
 * @example
 * ```ts
 * import { createProgram } from 'holdline';
 *
 * console.log(createProgram().helpInformation());
 * ```
 * @public
 */
export function createProgram(terminal: Terminal = processTerminal()): Command {
  const program = new Command('holdline');
  program
    .description(ABOUT)
    .version(readVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print the help of a command')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .enablePositionalOptions();
  addExplainCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addSimulateCommand(program, terminal);
  addSimulatorCommand(program, terminal);
  addDlqCommand(program, terminal);
  addRecordCommand(program, terminal);
  addDashboardCommand(program, terminal);
  addGatewayCommand(program, terminal);
  addAdapterCheckCommand(program, terminal);
  addArchitectCommand(program, terminal);
  return program;
}

/**
 * Runs the program and reports errors in one line.
 *
 * @param args - Arguments after the name of the program.
 * @param terminal - Where the commands write.
 * @returns the exit code: 0 done, 1 an error was found or the work failed, 2 wrong options or configuration.
 * @internal
 */
export async function runProgram(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let code: number = EXIT.ok;
  const watched: Terminal = { ...terminal, exitWith: (wanted) => void (code = wanted) };
  try {
    await createProgram(watched).parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its message already: a help text, a version, or what is wrong with the options.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.err(`error: ${lineOf(error)}\n`);
    return exitCodeOf(error);
  }
}
