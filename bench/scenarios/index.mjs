import * as abort from './abort.mjs';
import * as axios from './axios.mjs';
import * as cache from './cache.mjs';
import * as bulkReads from './bulk-reads.mjs';
import * as dashboard from './dashboard.mjs';
import * as fleet from './fleet.mjs';
import * as fleetLearning from './fleet-learning.mjs';
import * as goodput from './goodput.mjs';
import * as journal from './journal.mjs';
import * as learning from './learning.mjs';
import * as live from './live.mjs';
import * as messageFlood from './message-flood.mjs';
import * as moving from './moving.mjs';
import * as observers from './observers.mjs';
import * as percall from './percall.mjs';
import * as queue from './queue.mjs';
import * as shared from './shared.mjs';
import * as shares from './shares.mjs';
import * as simulator from './simulator.mjs';
import * as unknown from './unknown.mjs';
import * as websocket from './websocket.mjs';

/** The scenarios by name, in the order of RESULTS.md. */
export const scenarios = {
  goodput,
  unknown,
  shared,
  moving,
  shares,
  percall,
  axios,
  queue,
  abort,
  websocket,
  fleet,
  'fleet-learning': fleetLearning,
  learning,
  journal,
  dashboard,
  observers,
  cache,
  live,
  'bulk-reads': bulkReads,
  simulator,
  'message-flood': messageFlood,
};
