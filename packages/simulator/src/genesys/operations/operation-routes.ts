import { type Answer, JsonText } from '../../http/answer.js';
import { parsePattern } from '../../paths/path-pattern.js';
import { MISSING_PREFIX } from '../../platform/collection.js';
import type { OperationTable } from '../../platform/operation-table.js';
import { readFields, readItems, type RouteRequest } from '../../platform/request.js';
import { createRoute, type Route } from '../../platform/route-table.js';
import { buildNotFound } from '../entity-routes.js';
import { buildErrorAnswer } from '../error-answers.js';
import type { AnswerShape } from './answer-shape.js';
import { OperationBodies, toSubject } from './operation-bodies.js';
import { answerList } from './operation-lists.js';
import { type Operation, OperationTree } from './operation-tree.js';
import { WrittenEntities } from './written-entities.js';

/** What the operations take from the organization. */
export interface OperationSetup {
  readonly seed: number;
  /** Entities in each list. */
  readonly total: number;
  readonly newId: () => string;
}

/** The operations of the platform that have no route of their own: reads answer bodies of their model, and writes are kept. */
export class OperationRoutes {
  readonly #setup: OperationSetup;
  readonly #tree: OperationTree;
  readonly #bodies: OperationBodies;
  readonly #written = new WrittenEntities();
  readonly #routes = new Map<Operation, Route>();

  constructor(table: OperationTable, setup: OperationSetup) {
    this.#setup = setup;
    this.#tree = new OperationTree(table.PATHS);
    this.#bodies = new OperationBodies(setup.seed, table, this.#tree);
  }

  /** Finds the route of a path, or the answer to a method that the path does not have; undefined for an unknown path. */
  findRoute(method: string, segments: readonly string[]): Route | 'other-method' | undefined {
    const operations = this.#tree.find(segments);
    if (operations === undefined) return undefined;
    const operation = operations.get(method) ?? (method === 'HEAD' ? operations.get('GET') : undefined);
    if (operation === undefined) return 'other-method';
    let route = this.#routes.get(operation);
    if (route === undefined) {
      const pattern = parsePattern('route', `${operation.method} /${operation.segments.join('/')}`);
      route = createRoute(pattern, (request) => this.#answer(request, operation));
      this.#routes.set(operation, route);
    }
    return route;
  }

  #answer(request: RouteRequest, operation: Operation): Answer {
    const { path } = request;
    const isMissing = Object.values(request.params).some((param) => param.startsWith(MISSING_PREFIX));
    if (isMissing || (this.#written.isDeleted(path) && request.method !== 'PUT')) return buildNotFound(request);
    const shape = this.#bodies.getShape(operation);
    const status = operation.isAccepted ? 202 : 200;
    if (request.method === 'DELETE') this.#delete(path, operation);
    if (shape === undefined) {
      this.#keep(request, operation);
      return { status: operation.isAccepted ? 202 : operation.method === 'HEAD' ? 200 : 204 };
    }
    if (shape.list !== undefined && readItems(request).length === 0) {
      const list = answerList(
        request,
        { ...shape, list: shape.list },
        this.#bodies,
        operation.pageToken,
        this.#setup.total,
      );
      return list.status === 200 ? { ...list, status } : list;
    }
    if (operation.method === 'GET') return { status, body: new JsonText(this.#read(request, operation, shape)) };
    return { status, body: new JsonText(this.#write(request, operation, shape)) };
  }

  /** Deletes an entity. Settings of an entity cannot be deleted: they are again as at the start. */
  #delete(path: string, { segments }: Operation): void {
    if (isParam(segments.at(-1))) this.#written.delete(path);
    else this.#written.forget(path);
  }

  /** Reads an entity: what was written, over the fields of its model. */
  #read(request: RouteRequest, { segments }: Operation, shape: AnswerShape): string {
    const written = this.#written.get(request.path);
    const params = shape.paramNames.map((name) => request.params[name] ?? '');
    const id = isParam(segments.at(-1)) ? (params.at(-1) ?? '') : this.#bodies.drawId(request.path);
    const initial = this.#bodies.writeEntity(shape, toSubject(id, request.path, params));
    if (written === undefined) return initial;
    const known = Object.entries(parseFields(written)).filter(([name]) => shape.fieldNames?.has(name) === true);
    return JSON.stringify({ ...parseFields(initial), ...Object.fromEntries(known) });
  }

  /** Answers a write with the entity as it is afterwards. */
  #write(request: RouteRequest, operation: Operation, shape: AnswerShape): string {
    if (shape.list !== undefined) return this.#writeItems(request, shape, shape.list.name);
    const names = shape.fieldNames;
    if (names === undefined) return this.#read(request, operation, shape);
    const isCreation = operation.method === 'POST' && names.has('id') && this.#isCollection(operation);
    const given = Object.entries(readFields(request)).filter(([name]) => names.has(name));
    const id = this.#setup.newId();
    const path = isCreation ? `${request.path}/${id}` : request.path;
    const before = parseFields(
      isCreation
        ? this.#bodies.writeEntity(shape, toSubject(id, path, Object.values(request.params)))
        : this.#read(request, operation, shape),
    );
    const { version } = before;
    const json = JSON.stringify({
      ...before,
      ...Object.fromEntries(given),
      ...(before['id'] !== undefined && { id: before['id'] }),
      ...(typeof version === 'number' && { version: isCreation ? 1 : version + 1 }),
      ...(names.has('selfUri') && isCreation && { selfUri: path }),
    });
    if (isCreation || operation.method !== 'POST') this.#written.set(path, json);
    return json;
  }

  /** Answers a write of many items with each of them. */
  #writeItems(request: RouteRequest, shape: AnswerShape, name: string | undefined): string {
    const params = Object.values(request.params);
    const items = readItems(request).map((item) => {
      const id = typeof item['id'] === 'string' ? item['id'] : this.#setup.newId();
      const entity = this.#bodies.writeEntity(shape, toSubject(id, `${request.path}/${id}`, params));
      return shape.list?.items.kind === 'model'
        ? { ...parseFields(entity), ...item, id }
        : (JSON.parse(entity) as unknown);
    });
    return JSON.stringify(name === undefined ? items : { [name]: items, ...shape.list?.rest });
  }

  /** Keeps a write that is answered without a body. */
  #keep(request: RouteRequest, { method }: Operation): void {
    if ((method === 'PUT' || method === 'PATCH') && request.body !== undefined) {
      const before = this.#written.get(request.path);
      this.#written.set(request.path, JSON.stringify({ ...(before && parseFields(before)), ...readFields(request) }));
    }
  }

  /** Tells whether a POST creates an entity below its path. */
  #isCollection({ segments }: Operation): boolean {
    return this.#tree.find([...segments, ':id'])?.get('GET') !== undefined;
  }
}

/** The answer to a method that a known path does not have. */
export function buildMethodNotAllowed({ method, contextId }: RouteRequest): Answer {
  return buildErrorAnswer(405, 'method.not.allowed', `The method ${method} is not allowed here.`, contextId);
}

function isParam(segment: string | undefined): boolean {
  return segment?.startsWith(':') === true;
}

function parseFields(json: string): Record<string, unknown> {
  return JSON.parse(json) as Record<string, unknown>;
}
