import type { FlowAction, FlowType } from '../flow/types.js';

/** Types of flows that have the action Wait, by the vendor's page of it. */
const WITH_WAIT: ReadonlySet<FlowType> = new Set([
  'inboundChat',
  'inboundEmail',
  'inboundShortMessage',
  'inQueueEmail',
  'inQueueShortMessage',
  'surveyInvite',
  'workflow',
]);

/** Types of flows in which a caller is on the line. They have no Wait. */
const VOICE: ReadonlySet<FlowType> = new Set([
  'inboundCall',
  'inQueueCall',
  'outboundCall',
  'secureCall',
  'voicemail',
  'voiceSurvey',
]);

/** Whether flows of a type have the action Wait; undefined if the vendor's page does not say. */
export function hasWait(type: FlowType): boolean | undefined {
  if (WITH_WAIT.has(type)) return true;
  return VOICE.has(type) ? false : undefined;
}

/** Actions that play something to a person, without the ending `Action` of exports, in lower case. */
const PLAYS = new Set([
  'communicate',
  'holdmusic',
  'playaudio',
  'playaudioonsilence',
  'playestimatedwaittime',
  'playpositioninqueue',
]);

/** Whether an action takes the time of a person: it plays audio, or asks for an answer. */
export const isPaced = ({ type, isInteractive }: FlowAction): boolean =>
  isInteractive === true || PLAYS.has(type.toLowerCase().replace(/action$/, ''));

/** Verbs in names of data actions. The first one of a name decides whether the action changes something. */
const WRITES = new Set(
  (
    'add append assign cancel clear close complete create delete disconnect dispatch insert log merge notify patch post ' +
    'publish put remove replace reset save schedule send set start stop store submit sync transfer trigger unassign ' +
    'update upsert write'
  ).split(' '),
);
const READS = new Set(
  'check count determine fetch find get has is list load lookup query read retrieve search validate verify'.split(' '),
);

/** Whether a data action changes something, as far as its name says. */
export function isWrite({ dataAction }: FlowAction): boolean {
  const words = (dataAction?.action ?? '').split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  const verb = words.find((word) => WRITES.has(word) || READS.has(word));
  return verb !== undefined && WRITES.has(verb);
}

/** Names of the integration whose data actions call the platform's own API: today's and the one before. */
const PLATFORM = /\b(?:genesys cloud|purecloud) data actions?\b/i;

/** Whether a data action calls the API of Genesys Cloud, as far as the name of its integration says. */
export const callsPlatform = ({ dataAction }: FlowAction): boolean => PLATFORM.test(dataAction?.category ?? '');

/** Whether an output of a data action is the one of success. */
export const isSuccess = (output: string | undefined): boolean => output === 'success';

/** How an action is named in a sentence: its name, or its type if it has none. */
export const nameOf = ({ name, type }: FlowAction): string => `'${name === '' ? type : name}'`;

/** How a data action is named in a sentence: by the action that it calls. */
export const dataActionName = (action: FlowAction): string => `'${action.dataAction?.action || action.name}'`;
