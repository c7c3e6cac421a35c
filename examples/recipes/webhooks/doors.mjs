// One inbox, and a door for each sender.
import { eventBridge, genesysOpenMessaging, httpHandler, inbox, sizing, standardWebhooks } from '@holdline/inbox';

/** `secrets` has a secret, or a list of them, for each sender. `handle` gets each event once, in order per conversation. */
export function createDoors({ store, secrets, handle, volume, log = () => {} }) {
  const { quota, maxEvents } = sizing(volume);
  const events = inbox({ store, name: 'webhooks', quota, maxEvents, handle });
  const open = (sender, verifier, options) =>
    httpHandler(events, verifier, { ...options, onAnswer: (answer) => log({ sender, ...answer }) });
  return {
    events,
    // Genesys waits 10 s for an answer, EventBridge 5 s.
    openMessaging: open('open-messaging', genesysOpenMessaging({ secret: secrets.openMessaging }), {
      answerWithinMs: 9_000,
    }),
    eventBridge: open('event-bridge', eventBridge({ secret: secrets.eventBridge })),
    // A Call Data Action of a workflow. It sends events in the form of EventBridge, with the conversation as key.
    workflow: open('workflow', eventBridge({ secret: secrets.workflow, key: ({ detail }) => detail?.conversationId })),
    standard: open('standard', standardWebhooks({ secret: secrets.standard })),
  };
}
