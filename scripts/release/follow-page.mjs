// Does literally what a page of docs/ says, in an empty folder. A fence with a file name in brackets is a file to write, an `sh` fence has
// commands to run, and a `text` fence after it has the output that the page promises. `…` in that output stands for anything.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const COMMAND_TIMEOUT_MS = 180_000;

/** The fences of a page, in order: `{ language, file, text, line }`. */
export function fencesOf(page) {
  const fences = [];
  let open;
  for (const [index, line] of page.split('\n').entries()) {
    const [, language, file] = /^```(\w+)(?: \[([\w./-]+)\])?\s*$/.exec(line) ?? [];
    if (open && line.trim() === '```') {
      fences.push({ ...open, text: open.lines.join('\n') });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (language) open = { language, file, lines: [], line: index + 1 };
  }
  return fences;
}

/** Runs shell commands as a user would type them. Resolves with their output; rejects if one of them fails. */
function runShell(commands, { folder, env }) {
  const child = spawn('sh', ['-e', '-c', commands], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`\`${commands}\` ended with ${code ?? signal}:\n${output.trim()}`));
    });
  });
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const isPromised = (output, promised) =>
  new RegExp(promised.trim().split('…').map(escape).join('[^\\n]*').replaceAll('\n', '\\s*\\n')).test(output);

/**
 * Follows one page. Resolves with the number of files, commands and promised outputs; rejects at the first step that does not work.
 * A fence with a file name that occurs again replaces the file.
 */
export async function followPage(path, { folder, env }) {
  const done = { files: 0, commands: 0, outputs: 0 };
  let output;
  for (const { language, file, text, line } of fencesOf(readFileSync(path, 'utf8'))) {
    const at = `${path}:${line}`;
    try {
      if (file) {
        writeFileSync(join(folder, file), `${text}\n`);
        done.files++;
      } else if (language === 'sh') {
        output = await runShell(text, { folder, env });
        done.commands++;
      } else if (language === 'text' && output !== undefined) {
        if (!isPromised(output, text))
          throw new Error(`the page promises\n${text}\nbut the output is\n${output.trim()}`);
        done.outputs++;
        output = undefined;
      }
    } catch (error) {
      throw new Error(`${at}: ${error.message}`, { cause: error });
    }
  }
  if (done.outputs === 0) throw new Error(`${path}: the page promises no output, so following it proves nothing.`);
  return done;
}
