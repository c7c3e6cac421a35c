import { printable } from './flow-file-error.js';

/** Names from the flow to an action, as a list from inside to outside, so that a long path is not copied per action. */
export interface ActionPath {
  readonly label: string;
  readonly depth: number;
  readonly outer: ActionPath | undefined;
}

/** Names at the inner end that a path shows. Paths of deeply nested actions would be as long as the file, once per action. */
const SHOWN = 7;

export const pathOf = (label: string, outer?: ActionPath): ActionPath => ({
  label,
  depth: (outer?.depth ?? 0) + 1,
  outer,
});

/** `Task "Look up" › … › Call Data Action "Get customer"`. */
export function formatPath(path: ActionPath | undefined): string {
  const labels: string[] = [];
  for (let current = path; current !== undefined; current = current.outer) {
    if (labels.length < SHOWN || current.outer === undefined) labels.push(current.label);
    else if (labels.length === SHOWN) labels.push('…');
  }
  return labels.reverse().join(' › ');
}

/** `Task "Look up"`, or `Task` without a name. */
export function labelOf(title: string, name: string): string {
  return name === '' ? printable(title) : `${printable(title)} "${printable(name)}"`;
}
