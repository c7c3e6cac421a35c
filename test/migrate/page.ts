import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { expect, onTestFinished } from 'vitest';

const TEST_FOLDER = join(import.meta.dirname, '..');

/** A row of the options table: the options that it names, and what the page says about them. */
interface Row {
  options: string[];
  holdline: string;
}

/** One page of `docs/migrate/`. */
export class MigrationPage {
  readonly #text: string;

  constructor(readonly name: string) {
    this.#text = readFileSync(join(TEST_FOLDER, '../docs/migrate', `${name}.md`), 'utf8');
  }

  /** The text before the first heading of the second level. */
  intro(): string {
    return this.#text.split(/^## /m)[0] as string;
  }

  /** The text below a heading of the second level. */
  section(heading: string): string {
    const found = this.#text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
    if (found === undefined) throw new Error(`docs/migrate/${this.name}.md has no section "${heading}"`);
    return found;
  }

  /**
   * Imports the first snippet of a section as a module, as a reader would run it.
   *
   * @param replaced Texts of the snippet with their replacements, such as the address of a server. Each text must occur.
   */
  async importSnippet<T>(heading: string, replaced: Record<string, string>): Promise<T> {
    const fence = /^```ts\n([\s\S]*?)^```/m.exec(this.section(heading));
    if (!fence) throw new Error(`the section "${heading}" of ${this.name}.md has no snippet`);
    let source = fence[1] as string;
    for (const [text, replacement] of Object.entries(replaced)) {
      if (!source.includes(text)) throw new Error(`the snippet "${heading}" of ${this.name}.md has no ${text}`);
      source = source.replaceAll(text, replacement);
    }
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    // Below node_modules of the tests, the imports of the snippet resolve as in a reader's project.
    const folder = join(TEST_FOLDER, 'node_modules/.cache/migrate');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${this.name}-${process.pid}-${count++}.mjs`);
    writeFileSync(file, outputText);
    onTestFinished(() => rmSync(file));
    return (await import(pathToFileURL(file).href)) as T;
  }

  /** The rows of the tables in the section "Options": of all tables, or of the table below a heading of the third level. */
  rows(table?: string): Row[] {
    const options = this.section('Options');
    const found = table === undefined ? options : options.split(/^### /m).find((part) => part.startsWith(`${table}\n`));
    if (found === undefined) throw new Error(`docs/migrate/${this.name}.md has no table "${table}"`);
    return found
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => {
        // A pipe inside a cell is written as `\|`.
        const [, first = '', , third = ''] = line.split(/(?<!\\)\|/);
        return { options: codeIn(first), holdline: third.trim() };
      });
  }

  /** Checks that a table has exactly these options. So an option of a new version of the library cannot be missed. */
  expectOptions(names: Iterable<string>, table?: string): void {
    const listed = this.rows(table).flatMap(({ options }) => options);
    expect([...listed].sort()).toEqual([...new Set(names)].sort());
  }

  /** Checks that every row has an answer, and that Holdline has what the answers name. */
  expectAnswers(): void {
    for (const { options, holdline } of this.rows()) {
      expect(holdline, options.join()).not.toBe('');
      for (const code of codeIn(holdline)) {
        const missing = missingPart(code);
        expect(missing, `${options.join()}: \`${code}\``).toBeUndefined();
      }
    }
  }
}

let count = 0;

const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

const CONFIG = "import('@holdline/core').HoldlineConfig";
const LINE = "import('@holdline/core').Holdline";
const EVENTS = "import('@holdline/core').HoldlineEvents";
const PARTS: [RegExp, string][] = [
  [
    /^(?:governor|retry|breaker|deadline|bulkhead|endpoints|idempotency|token|deadLetters|store)(?:\.\w+(?:\[\])?)*(?=:|$)/,
    CONFIG,
  ],
  [/^line\.(\w+)/, LINE],
  [/^line\.on\('(\w+)'/, EVENTS],
  [/^snapshot\(\)\.([\w.[\]]+)/, "import('@holdline/core').Snapshot"],
  [/^explain\(…\)\.([\w.[\]]+)/, "import('@holdline/core').Explanation"],
  [/^callInfo\(…\)\.(\w+)/, "import('@holdline/core').CallInfo"],
  [/^holdline\.(\w+)/, "import('@holdline/core').CallContext"],
];

/** The part of a code text, such as `retry.maxAttempts` or `line.on('retry')`, that the types of Holdline do not have. */
function missingPart(code: string): string | undefined {
  for (const [pattern, type] of PARTS) {
    const found = pattern.exec(code);
    if (found && !hasPath(type, found[1] ?? found[0])) return found[1] ?? found[0];
  }
  return undefined;
}

function hasPath(type: string, path: string): boolean {
  let current = type;
  for (const part of path.split('.')) {
    const name = part.replace('[]', '');
    if (!membersOf(current).has(name)) return false;
    current = `Extract<NonNullable<(${current})['${name}']>, object>${part.endsWith('[]') ? '[number]' : ''}`;
  }
  return true;
}

/** TypeScript as the snippets of the pages see it. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};
const host = ts.createCompilerHost(OPTIONS);
const VIRTUAL = join(TEST_FOLDER, 'members-of.mts');
const { fileExists, readFile, getSourceFile } = host;
let source = '';
const parsed = new Map<string, ts.SourceFile | undefined>();
host.fileExists = (file) => file === VIRTUAL || fileExists(file);
host.readFile = (file) => (file === VIRTUAL ? source : readFile(file));
host.getSourceFile = (file, ...rest) => {
  if (file === VIRTUAL) return ts.createSourceFile(file, source, rest[0], true);
  if (!parsed.has(file)) parsed.set(file, getSourceFile(file, ...rest));
  return parsed.get(file);
};
let program: ts.Program | undefined;
const known = new Map<string, Set<string>>();

/** The names of the members of a type. `type` is any type expression, for example `import('p-queue').Options<never, never>`. */
export function membersOf(type: string): Set<string> {
  const before = known.get(type);
  if (before) return before;
  source = `export type Given = ${type};`;
  program = ts.createProgram({ rootNames: [VIRTUAL], options: OPTIONS, host, ...(program && { oldProgram: program }) });
  const file = program.getSourceFile(VIRTUAL) as ts.SourceFile;
  const [error] = program.getSemanticDiagnostics(file);
  if (error) throw new Error(`${type}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
  const checker = program.getTypeChecker();
  const alias = file.statements[0] as ts.TypeAliasDeclaration;
  const names = checker.getPropertiesOfType(checker.getApparentType(checker.getTypeFromTypeNode(alias.type)));
  const members = new Set(names.map(({ name }) => name).filter((name) => !name.startsWith('__')));
  known.set(type, members);
  return members;
}

/** The version of an installed package, for the check that a page names the version it was tested with. */
export function versionOf(name: string): string {
  const require = createRequire(join(TEST_FOLDER, 'package.json'));
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not installed`);
}
