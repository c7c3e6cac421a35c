/** The own members of a client and of its prototypes, by name. */
export function membersOf(client: object): Map<string, PropertyDescriptor> {
  const members = new Map<string, PropertyDescriptor>();
  let level = 0;
  for (let at: object | null = client; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    if (at === Function.prototype) break;
    for (const key of Reflect.ownKeys(at)) {
      members.set(`${level === 0 ? '' : `prototype ${level}: `}${String(key)}`, descriptorOf(at, key));
    }
    level++;
  }
  return members;
}

const descriptorOf = (at: object, key: string | symbol): PropertyDescriptor =>
  Object.getOwnPropertyDescriptor(at, key) ?? {};

/** Names of the members that differ. */
export function changesBetween(one: Map<string, PropertyDescriptor>, two: Map<string, PropertyDescriptor>): string[] {
  return [...new Set([...one.keys(), ...two.keys()])].filter((name) => {
    const [was, is] = [one.get(name) ?? {}, two.get(name) ?? {}];
    const parts = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const;
    return parts.some((part) => was[part] !== is[part]);
  });
}
