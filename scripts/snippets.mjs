// Type-checks every ```ts snippet of the doc comments and pages against the built packages. Each snippet is a separate strict
// module, like a copy in a reader's project. Exits with 1 and prints the place of each snippet that does not compile.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
// Snippets resolve their imports from this folder, because all packages and both SDKs are installed there.
const home = posix.join(root.replace(/\\/g, '/'), 'test');

const filesBelow = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending))
        .map((name) => posix.join(folder, name.replace(/\\/g, '/')))
        .sort()
    : [];
const packages = readdirSync(join(root, 'packages'));
const sources = packages
  .flatMap((name) => filesBelow(`packages/${name}/src`, '.ts'))
  .filter((path) => !path.endsWith('.test.ts'));
// The API reference shows signatures, and the snippets of the doc comments.
const handwritten = filesBelow('docs', '.md').filter((path) => !path.startsWith('docs/reference/api/'));
const pages = ['README.md', ...packages.map((name) => `packages/${name}/README.md`), ...handwritten];

/** The fenced snippets among the lines of a page or of a comment. */
function findSnippets(path, lines, firstLine) {
  const found = [];
  let open;
  for (const [i, line] of lines.entries()) {
    if (open === undefined && /^\s*```ts\s*$/.test(line)) open = i + 1;
    else if (open !== undefined && /^\s*```\s*$/.test(line)) {
      found.push({ path, line: firstLine + open, text: lines.slice(open, i).join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${path}:${firstLine + open - 1}: a snippet has no closing fence`);
  return found;
}

const problems = [];
const snippets = [];
for (const path of pages.filter((page) => existsSync(join(root, page)))) {
  snippets.push(...findSnippets(path, readFileSync(join(root, path), 'utf8').split('\n'), 1));
}
for (const path of sources) {
  const text = readFileSync(join(root, path), 'utf8');
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const firstLine = text.slice(0, comment.index).split('\n').length;
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*\*( |$)/, ''));
    snippets.push(...findSnippets(path, lines, firstLine));
    for (const [i, line] of lines.entries()) {
      const bare =
        /^@example\b/.test(line) &&
        !lines
          .slice(i + 1)
          .find((next) => next.trim() !== '')
          ?.startsWith('```ts');
      if (bare) problems.push(`${path}:${firstLine + i}: an @example without a \`\`\`ts fence cannot be checked`);
    }
  }
}

const unbuilt = packages.filter((name) => !existsSync(join(root, `packages/${name}/dist/index.d.ts`)));
if (unbuilt.length > 0) {
  console.error(`These packages are not built: ${unbuilt.join(', ')}. Run npx turbo run build.`);
  process.exit(1);
}

const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};
const modules = new Map(snippets.map((snippet, i) => [posix.join(home, `snippet-${i}.ts`), snippet]));
const host = ts.createCompilerHost(options);
const { fileExists, readFile } = host;
host.fileExists = (name) => modules.has(name) || fileExists(name);
host.readFile = (name) => modules.get(name)?.text ?? readFile(name);
const program = ts.createProgram({ rootNames: [...modules.keys()], options, host });

for (const [name, { path, line }] of modules) {
  const file = program.getSourceFile(name);
  for (const { messageText, start } of [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]) {
    const at = line + file.getLineAndCharacterOfPosition(start ?? 0).line;
    problems.push(`${path}:${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
}
for (const problem of problems) console.error(problem);
console.log(`${snippets.length} snippets, ${problems.length === 0 ? 'all compile' : `${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;
