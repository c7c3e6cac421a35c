import { describe, expect, it } from 'vitest';
import { OperationBodies, toSubject } from './operation-bodies.js';
import { splitLines } from './operation-models.js';
import { type Operation, OperationTree } from './operation-tree.js';
import * as table from './table.js';

/** All operations, found by their own paths: a parameter matches its own name. */
function listOperations(tree: OperationTree): Operation[] {
  let before: string[] = [];
  return splitLines(table.PATHS).flatMap((line) => {
    const [path = ''] = line.split(' ');
    before = [...before.slice(0, Number.parseInt(path.charAt(0), 36)), ...path.slice(1).split('/')];
    return [...(tree.find(before)?.values() ?? [])];
  });
}

describe('OperationTree', () => {
  it('finds each operation by its path', () => {
    const operations = listOperations(new OperationTree(table.PATHS));
    // Some paths differ only in the name of a parameter, and have other methods.
    expect(new Set(operations).size).toBe(3315);
    expect(operations.filter(({ answer, method }) => method === 'GET' && answer === undefined)).toHaveLength(1);
    expect(new Set(operations.map(({ pageToken }) => pageToken))).toEqual(
      new Set([undefined, 'cursor', 'nextPage', 'after']),
    );
  });

  it('prefers a literal segment, and goes back to a parameter', () => {
    const tree = new OperationTree(table.PATHS);
    const find = (path: string): string | undefined => tree.find(path.split('/'))?.get('GET')?.segments.join('/');
    expect(find('api/v2/users/me')).toBe('api/v2/users/me');
    expect(find('api/v2/users/me/station')).toBe('api/v2/users/:userId/station');
    expect(find('api/v2/users/')).toBeUndefined();
    expect(find('api/v2')).toBeUndefined();
  });
});

describe('OperationBodies', () => {
  it('writes JSON of bounded size for every operation', () => {
    const tree = new OperationTree(table.PATHS);
    const bodies = new OperationBodies(1, table, tree);
    const sizes = listOperations(tree).flatMap((operation) => {
      const shape = bodies.getShape(operation);
      if (shape === undefined) return [];
      const text = bodies.writeEntity(shape, toSubject('id-1', '/path', ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']));
      expect(() => JSON.parse(text) as unknown, operation.segments.join('/')).not.toThrow();
      // A mark of a hole that nothing filled would be a character of the private use area.
      expect(text).not.toMatch(/[\uE000-\uE0FF]/);
      return [text.length];
    });
    sizes.sort((a, b) => a - b);
    expect(sizes.length).toBeGreaterThan(2500);
    expect(sizes.at(-1)).toBeLessThan(20_000);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(2000);
  });

  it('fills a template without building it again, and gives equal ids equal bodies', () => {
    const tree = new OperationTree(table.PATHS);
    const bodies = new OperationBodies(1, table, tree);
    const operation = tree.find(['api', 'v2', 'users', 'x'])?.get('GET') as Operation;
    const shape = bodies.getShape(operation);
    expect(bodies.getShape(operation)).toBe(shape);
    const write = (id: string): string => bodies.writeEntity(shape!, toSubject(id, `/api/v2/users/${id}`, [id]));
    expect(write('a')).toBe(write('a'));
    const ids = Array.from({ length: 100 }, (_, index) => `id-${index}`);
    for (const id of ids) expect(JSON.parse(write(id))).toMatchObject({ id, selfUri: `/api/v2/users/${id}` });
    expect(shape?.templates.filter((template) => template !== undefined).length).toBeLessThanOrEqual(8);
  });
});
