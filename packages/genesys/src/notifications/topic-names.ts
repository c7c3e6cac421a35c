/** Longest topic name, in characters: the vendor's streaming client (19.4.1) combines topics below this length. */
const MAX_LENGTH = 200;

/** Fills the parameters of a template such as `v2.users.{id}.presence`, in their order. */
export function fillTemplate(template: string, values: readonly string[], encode = (value: string) => value): string {
  let i = 0;
  return template.replace(/\{[^}]+\}/g, () => encode(values[i++] ?? ''));
}

/** Names of the parameters of a template. */
export const parametersOf = (template: string): string[] =>
  [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);

/** The part of a topic before its last dot. Topics with the same prefix can be combined. */
export const prefixOf = (topic: string): string => topic.slice(0, topic.lastIndexOf('.'));

/** Combines topics of one prefix to as few topics as possible, such as `v2.users.4711?presence&routingStatus`. */
export function combineTopics(prefix: string, topics: readonly string[]): Map<string, readonly string[]> {
  const combined = new Map<string, readonly string[]>();
  const add = (part: readonly string[]): void => {
    const [first = ''] = part;
    const name =
      part.length === 1 ? first : `${prefix}?${part.map((topic) => topic.slice(prefix.length + 1)).join('&')}`;
    if (name.length < MAX_LENGTH || part.length === 1) {
      combined.set(name, part);
      return;
    }
    const half = part.length >> 1;
    add(part.slice(0, half));
    add(part.slice(half));
  };
  if (topics.length > 0) add([...topics].sort());
  return combined;
}

/** The topics of a combined topic. */
export function expandTopic(topic: string): string[] {
  const [prefix = '', rest] = topic.split('?');
  return rest === undefined ? [topic] : rest.split('&').map((last) => `${prefix}.${last}`);
}
