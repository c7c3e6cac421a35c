import { existsSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { isScript } from './contract-package.js';

/** What a scan reads at most. */
export const LIMITS = { files: 2_000, bytes: 5_000_000 };

/** Core registers the state that its copies share under a symbol of this name. Only its own code contains it. */
const CORE_MARK = '@holdline/shared/';

/** Comments, or texts that may contain the signs of a comment. Texts come first, because a URL has two slashes. */
const TEXT_OR_COMMENT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;

/** `import … from`, `export … from`, `import` of a module for its effects, `import()` and `require()`. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'])([^"'\n]+)\1/g;

/** What the scripts of a package import. */
export interface ScannedImports {
  /** Packages by name, each with the files that import it. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
  /** Files that contain the code of @holdline/core. */
  readonly withCore: readonly string[];
  /** Relative imports of files that do not exist: `file: specifier`. */
  readonly broken: readonly string[];
  /** Files that are too large to be read. */
  readonly unread: readonly string[];
}

/** Reads the imports of scripts and of all scripts that they import by a relative path. Nothing runs. */
export function scanImports(entries: readonly string[]): ScannedImports {
  const packages = new Map<string, string[]>();
  const withCore: string[] = [];
  const broken: string[] = [];
  const unread: string[] = [];
  const seen = new Set<string>(entries);
  // A set also iterates over what is added meanwhile.
  for (const path of seen) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) continue;
    if (found.size > LIMITS.bytes) {
      unread.push(path);
      continue;
    }
    const text = readFileSync(path, 'utf8');
    if (text.includes(CORE_MARK)) withCore.push(path);
    for (const specifier of importsOf(text)) {
      if (specifier.startsWith('.')) {
        const file = findFile(join(dirname(path), specifier));
        if (file === undefined) broken.push(`${path}: ${specifier}`);
        else if (isScript(file) && seen.size < LIMITS.files) seen.add(file);
        continue;
      }
      if (isBuiltin(specifier) || specifier.startsWith('#') || /^[a-z]+:/.test(specifier)) continue;
      const name = packageOf(specifier);
      const files = packages.get(name);
      if (files === undefined) packages.set(name, [path]);
      else if (files.at(-1) !== path) files.push(path);
    }
  }
  return { packages, withCore, broken, unread };
}

/** Specifiers in a script. */
export function importsOf(text: string): string[] {
  const code = text.replace(TEXT_OR_COMMENT, (part) => (part.startsWith('/') ? ' ' : part));
  return [...code.matchAll(IMPORT)].map(([, , specifier = '']) => specifier);
}

/** Name of the package that a specifier means: `@acme/sdk/http` means `@acme/sdk`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function findFile(path: string): string | undefined {
  return [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, join(path, 'index.js')].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
}
