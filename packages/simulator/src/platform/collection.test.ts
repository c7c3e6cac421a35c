import { describe, expect, it } from 'vitest';
import { createRandomStream } from '../random.js';
import { Collection, MAX_ENTITIES } from './collection.js';

function createCollection(answersAnyId = true): Collection {
  let created = 0;
  return new Collection({ answersAnyId, newId: () => `new-${(created += 1)}`, buildDefaults: () => ({ version: 1 }) });
}

describe('Collection', () => {
  it('lists entities in order of their creation, after any writes', () => {
    const collection = createCollection();
    const random = createRandomStream(1, 'collection');
    const model = new Map<string, number>();
    for (let step = 0; step < 3000; step += 1) {
      const id = `any-${Math.floor(random.next() * 50)}`;
      const draw = random.next();
      if (draw < 0.2) model.set(collection.create({ step }).id, step);
      else if (draw < 0.8) {
        const entity = collection.get(id);
        if (entity !== undefined) model.set(collection.update(entity, { step }).id, step);
      } else if (draw < 0.81) {
        collection.delete(id);
        model.delete(id);
      } else if (draw < 0.9) {
        expect(collection.list().map((entity) => [entity.id, entity['step']])).toEqual([...model]);
      }
    }
    expect(collection.list()).toHaveLength(model.size);
  });

  it('deletes the oldest entity from its list too', () => {
    const collection = createCollection(false);
    collection.create({});
    expect(collection.list()).toHaveLength(1);
    for (let n = 0; n < MAX_ENTITIES; n += 1) collection.create({});
    expect(collection.list()).toHaveLength(MAX_ENTITIES);
    expect(collection.list()[0]?.id).toBe('new-2');
    expect(collection.get('new-1')).toBeUndefined();
  });
});
