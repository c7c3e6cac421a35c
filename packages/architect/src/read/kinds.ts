import type { ActionKind, ErrorHandling, FlowType } from '../flow/types.js';

/** Types of flows by the root key of Archy YAML or the type of an export, in lower case. */
const FLOW_TYPES: Readonly<Record<string, FlowType>> = {
  bot: 'bot',
  botflow: 'bot',
  commonmodule: 'commonModule',
  digitalbot: 'digitalBot',
  digitalbotflow: 'digitalBot',
  inboundcall: 'inboundCall',
  inboundchat: 'inboundChat',
  inboundemail: 'inboundEmail',
  inboundshortmessage: 'inboundShortMessage',
  inqueuecall: 'inQueueCall',
  inqueueemail: 'inQueueEmail',
  inqueueshortmessage: 'inQueueShortMessage',
  outboundcall: 'outboundCall',
  securecall: 'secureCall',
  surveyinvite: 'surveyInvite',
  voicemail: 'voicemail',
  voicesurvey: 'voiceSurvey',
  workflow: 'workflow',
  workitem: 'workItem',
};

export const flowTypeOf = (text: string): FlowType => lookUp(FLOW_TYPES, text.toLowerCase()) ?? 'unknown';

export const isInQueue = (type: FlowType): boolean => type.startsWith('inQueue');

/**
 * Kinds by the type of the action. Names of Archy YAML and of exports differ only where the comments say so.
 */
const KINDS: Readonly<Record<string, ActionKind>> = {
  wait: 'wait',
  loop: 'loop',
  loopexit: 'exitLoop',
  exitloop: 'exitLoop', // exports
  loopnext: 'nextLoop',
  nextloop: 'nextLoop', // exports
  calldata: 'dataAction',
  calldatasecure: 'dataAction',
  data: 'dataAction', // exports
  securedata: 'dataAction',
  datatablelookup: 'dataTableLookup',
  decision: 'decision',
  updatedata: 'updateData',
  updatevariable: 'updateData', // exports
  calltask: 'callTask',
  jumptotask: 'jumpToTask',
  jumptomenu: 'jumpToTask',
  changestate: 'jumpToTask',
  task: 'jumpToTask', // a choice of a menu in exports
  callcommonmodule: 'callModule',
  commonmodule: 'callModule',
  disconnect: 'disconnect',
  endworkflow: 'endFlow',
  endflow: 'endFlow',
  exitbotflow: 'endFlow',
  exitworkitemflow: 'endFlow',
  returntoagent: 'endFlow',
  endtask: 'endTask',
};

/** Prefixes of actions that wait for what the customer says, presses or writes. */
const INTERACTIVE =
  /^(?:ask|collectinput|dialbyextension|waitforinput|callbotflow|calldigitalbot|calllexbot|repeatmenu|previousmenu)/;

/** `callData` for `callData`, `menuTransferToAcd` → `transfertoacd`, `DataAction` → `data`. */
const baseName = (type: string): string =>
  type
    .replace(/Action$/, '')
    .replace(/^menu(?=[A-Z])/, '')
    .toLowerCase();

export function kindOf(type: string): ActionKind {
  // The choice `menuTask` of Archy YAML has its own actions, other than the TaskAction of exports.
  if (type === 'menuTask') return 'other';
  const name = baseName(type);
  return lookUp(KINDS, name) ?? (name.startsWith('transfer') ? 'transfer' : 'other');
}

export const isInteractiveType = (type: string): boolean => INTERACTIVE.test(baseName(type));

/** Outputs that an action has whether a file lists them or not. */
const STANDARD_OUTPUTS: Partial<Record<ActionKind, readonly string[]>> = {
  dataAction: ['success', 'failure', 'timeout'],
  dataTableLookup: ['found', 'notFound', 'failure'],
  decision: ['yes', 'no'],
  loop: ['loop'],
};

export const standardOutputs = (kind: ActionKind): readonly string[] => STANDARD_OUTPUTS[kind] ?? [];

/** Titles of actions whose type says something else than Architect shows. */
const TITLES: Readonly<Record<string, string>> = {
  calldata: 'Call Data Action',
  data: 'Call Data Action',
  loopexit: 'Exit Loop',
  loopnext: 'Next Loop',
  updatevariable: 'Update Data',
  transferpurematch: 'Transfer to ACD',
  transfertoacd: 'Transfer to ACD',
};

/** Title as Architect shows it: `Call Data Action` for `callData` and `DataAction`. */
export function titleOf(type: string): string {
  if (type === '') return 'Action';
  const title = lookUp(TITLES, baseName(type));
  if (title !== undefined) return title;
  const words = type.replace(/Action$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Error handling by the key of Archy YAML or the type of an export. */
export function errorHandlingOf(text: string): ErrorHandling {
  if (text === '') return 'unknown';
  const name = text.toLowerCase();
  if (name === 'disconnect') return 'disconnect';
  if (['endworkflow', 'endflow', 'exit'].includes(name)) return 'end';
  if (['queue', 'transfertoacd', 'transfertoqueue'].includes(name)) return 'queue';
  if (/^transfer/.test(name)) return 'transfer';
  if (/task|menu|state/.test(name)) return 'task';
  return 'other';
}

/** Own property only: the file may ask for `constructor` or `__proto__`. */
function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
