import type { ScriptedAnswer } from '../options/script-options.js';
import { matchesPattern, type Pattern } from '../paths/path-pattern.js';

/** Scripted answers for the next matching requests. */
export class ScriptQueue {
  #scripts: { readonly pattern: Pattern; readonly answers: ScriptedAnswer[] }[] = [];

  addScript(pattern: Pattern, answers: readonly ScriptedAnswer[]): void {
    if (answers.length > 0) this.#scripts.push({ pattern, answers: [...answers] });
  }

  /** Takes the next answer from the oldest matching script. Each request takes at most one. */
  takeAnswer(method: string, segments: readonly string[]): ScriptedAnswer | undefined {
    const script = this.#scripts.find(({ pattern }) => matchesPattern(pattern, method, segments));
    const answer = script?.answers.shift();
    if (script?.answers.length === 0) this.#scripts = this.#scripts.filter((other) => other !== script);
    return answer;
  }
}
