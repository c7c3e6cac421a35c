/** Values of the holes of a template. */
export interface HoleValues {
  /** Id of the entity. */
  readonly id: string;
  /** Address of the entity, without the host. */
  readonly path: string;
  /** Number in the name of the entity. */
  readonly number: string;
  /** Parameters of the path, in order. */
  readonly params: readonly string[];
}

/** Characters of the private use area, which mark the holes in the values of a template. */
const FIRST_HOLE = 0xe000;
const PARAMS = FIRST_HOLE + 3;
const MARK = /[\uE000-\uE0FF]/;

/** Marks of the holes, to write into strings. */
export const HOLES = {
  id: String.fromCharCode(FIRST_HOLE),
  path: String.fromCharCode(FIRST_HOLE + 1),
  number: String.fromCharCode(FIRST_HOLE + 2),
  param: (index: number): string => String.fromCharCode(PARAMS + index),
} as const;

/** JSON with holes for what differs between two entities of a kind. Filling it is cheaper than building the value again. */
export class BodyTemplate {
  /** Text before each hole. */
  readonly #texts: string[] = [];
  readonly #holes: number[] = [];
  #rest: string;

  /** @param value - JSON value, whose strings may contain marks of holes. */
  constructor(value: unknown) {
    this.#rest = JSON.stringify(value);
    for (let at = this.#rest.search(MARK); at >= 0; at = this.#rest.search(MARK)) {
      this.#texts.push(this.#rest.slice(0, at));
      this.#holes.push(this.#rest.charCodeAt(at));
      this.#rest = this.#rest.slice(at + 1);
    }
  }

  /** Returns the JSON of one entity. The values must be escaped for JSON. */
  fill(values: HoleValues): string {
    let text = '';
    for (let index = 0; index < this.#holes.length; index += 1) {
      text += this.#texts[index] as string;
      text += readHole(values, this.#holes[index] as number);
    }
    return text + this.#rest;
  }
}

function readHole({ id, path, number, params }: HoleValues, hole: number): string {
  if (hole >= PARAMS) return params[hole - PARAMS] ?? '';
  if (hole === FIRST_HOLE) return id;
  return hole === FIRST_HOLE + 1 ? path : number;
}

/** Escapes a text for the inside of a JSON string. */
export function escapeJson(text: string): string {
  return /^[\w ./:@,;=?&%+-]*$/.test(text) ? text : JSON.stringify(text).slice(1, -1);
}
