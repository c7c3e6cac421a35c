import { callsPlatform, dataActionName, isSuccess, nameOf } from './action-kinds.js';
import { Cycle } from './loops.js';
import type { FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { inputVariables } from './variables.js';

/** Words in names of data actions, and the topic that tells of the same. */
const TOPICS: readonly (readonly [words: RegExp, topic: string])[] = [
  [/presence/i, 'v2.users.{id}.presence'],
  [/routing ?status|on[- ]?queue/i, 'v2.users.{id}.routingStatus'],
  [
    /observation|queue ?(?:stat|metric|depth|length|size)|waiting|estimated ?wait/i,
    'v2.analytics.queues.{id}.observations',
  ],
  [/queue ?member/i, 'v2.routing.queues.{id}.users'],
  [/station/i, 'v2.users.{id}.station'],
  [/campaign ?(?:progress|stat)/i, 'v2.outbound.campaigns.{id}.progress'],
  [/conversation/i, 'v2.users.{id}.conversations or v2.routing.queues.{id}.conversations'],
];

/** A loop that reads the same thing from the platform again and again, although the platform tells when it changes. */
export const pollingOfATopic: FlowRule = {
  id: 'polling-of-a-topic',
  title: 'A loop polls what the platform has a topic for',
  level: 'hint',
  reason:
    'The vendor prefers notifications to constant polling, and every poll counts against the limits. A flow cannot subscribe to a topic, but a trigger can start a workflow when the event comes. The rule only knows the name of the data action, so it may be wrong.',
  sources: [SOURCES.notifications, SOURCES.topics, SOURCES.blueprint],
  wouldHaveCaught:
    'A workflow for each callback reads the presence of its agent every ten seconds. With 40 callbacks that is 240 requests a minute: most of what a token has, to learn of a few changes an hour.',
  check({ view }, { settings, report }) {
    for (const cycle of Cycle.in(view)) {
      for (const { dataAction, by } of cycle.dataActions()) {
        const name = dataAction.dataAction?.action ?? '';
        const topic = TOPICS.find(([words]) => words.test(name))?.[1];
        if (topic === undefined || !(settings.callsPlatform(dataAction) ?? callsPlatform(dataAction))) continue;
        if (cycle.writes.changes(inputVariables(dataAction))) continue;
        // A retry repeats a failure. Polling asks again after an answer.
        if (by === dataAction.id && !cycle.staysAfter(by, isSuccess)) continue;
        const at = cycle.closedBy(by);
        report({
          place: at.place,
          message: `${nameOf(at)} asks ${dataActionName(dataAction)} again and again; the topic ${topic} may tell of the change.`,
          fix: 'Look up the topic and its transports in GET /api/v2/notifications/availabletopics, and start a workflow by a trigger instead of waiting in a loop.',
        });
      }
    }
  },
};
