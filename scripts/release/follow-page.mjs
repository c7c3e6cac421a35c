// Does literally what a page of docs/ says, in an empty folder. A fence with a file name in brackets is a file to write, an `sh` fence has
// commands to run, and a `text` fence after it has the output that the page promises. `…` in that output stands for anything.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The fences of a page, in order: `{ language, file, text, line }`. */
function fencesOf(page) {
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

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const isPromised = (output, promised) =>
  new RegExp(promised.trim().split('…').map(escape).join('[^\\n]*').replaceAll('\n', '\\s*\\n')).test(output);

/**
 * Follows one page. Resolves with the number of files, commands and promised outputs; rejects at the first step that does not work.
 * `run` runs a command in a folder and resolves with its output.
 */
export async function followPage(path, folder, run) {
  const done = { files: 0, commands: 0, outputs: 0 };
  // A `cd` of the page holds for all later steps, as in a reader's terminal.
  const cwdFile = `${folder}.cwd`;
  let cwd = folder;
  let output;
  for (const { language, file, text, line } of fencesOf(readFileSync(path, 'utf8'))) {
    const at = `${path}:${line}`;
    try {
      if (file) {
        writeFileSync(join(cwd, file), `${text}\n`);
        done.files++;
      } else if (language === 'sh') {
        output = await run('sh', ['-e', '-c', `${text}\npwd > '${cwdFile}'`], { cwd });
        cwd = readFileSync(cwdFile, 'utf8').trim();
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
