/**
 * Strongly connected components of a graph (Tarjan's algorithm), without recursion. Components come before those that lead to them. Nodes of
 * one component reach each other; a component of one node is a cycle only if the node leads to itself.
 */
export function strongComponents<T>(nodes: Iterable<T>, successors: (node: T) => readonly T[]): T[][] {
  const components: T[][] = [];
  const index = new Map<T, number>();
  const low = new Map<T, number>();
  const open: T[] = [];
  const isOpen = new Set<T>();
  const lowest = (node: T, value: number): void => void low.set(node, Math.min(low.get(node) as number, value));

  for (const root of nodes) {
    if (index.has(root)) continue;
    const calls: { node: T; next: readonly T[]; at: number }[] = [];
    const enter = (node: T): void => {
      index.set(node, index.size);
      low.set(node, index.size - 1);
      open.push(node);
      isOpen.add(node);
      calls.push({ node, next: successors(node), at: 0 });
    };
    enter(root);
    while (calls.length > 0) {
      const call = calls[calls.length - 1] as (typeof calls)[number];
      if (call.at < call.next.length) {
        const successor = call.next[call.at++] as T;
        if (!index.has(successor)) enter(successor);
        else if (isOpen.has(successor)) lowest(call.node, index.get(successor) as number);
        continue;
      }
      calls.pop();
      const caller = calls[calls.length - 1];
      if (caller !== undefined) lowest(caller.node, low.get(call.node) as number);
      if (low.get(call.node) !== index.get(call.node)) continue;
      const component: T[] = [];
      let node: T;
      do {
        node = open.pop() as T;
        isOpen.delete(node);
        component.push(node);
      } while (node !== call.node);
      components.push(component.reverse());
    }
  }
  return components;
}
