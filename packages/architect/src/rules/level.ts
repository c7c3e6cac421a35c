/**
 * How serious a finding is. `error`: the flow breaks a limit of the platform, or has nothing that stops it; `warn`: it breaks when something
 * else fails; `hint`: worth a look, because the file alone does not decide.
 * @public
 */
export type Level = 'error' | 'warn' | 'hint';

/** Levels, the most serious one first. */
export const LEVELS: readonly Level[] = ['error', 'warn', 'hint'];

/** Orders levels, the most serious one first. */
export const compareLevels = (a: Level, b: Level): number => LEVELS.indexOf(a) - LEVELS.indexOf(b);
