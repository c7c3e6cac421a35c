import type { FlowType } from '../flow/types.js';
import type { FlowRule } from './rule.js';
import { SOURCES } from './sources.js';

/** Types of flows that can hand an interaction on after an error, by the vendor's page. */
const DISCONNECTED: ReadonlySet<FlowType> = new Set([
  'inboundCall',
  'inboundChat',
  'inboundEmail',
  'inboundShortMessage',
  'inQueueCall',
  'inQueueEmail',
  'inQueueShortMessage',
]);

/** A flow whose error handling is the default, a disconnect. */
export const errorHandlingDisconnects: FlowRule = {
  id: 'error-handling-disconnects',
  title: 'The error handling of the flow disconnects',
  level: 'warn',
  reason:
    'The default of the platform for an error that no action handles is a disconnect. An unset variable, an index out of range or a reached limit then ends the interaction.',
  sources: [SOURCES.blueprint, SOURCES.eventHandling],
  wouldHaveCaught:
    'The opening hours are empty for a new site, and an expression reads them. All callers of that site are disconnected for a morning. With a transfer as error handling, an agent would have taken the calls.',
  check({ flow }, { report }) {
    const isDefault = flow.errorHandling === 'unknown' && flow.format === 'archy' && DISCONNECTED.has(flow.type);
    if (flow.errorHandling !== 'disconnect' && !isDefault) return;
    report({
      place: flow.place,
      message: isDefault
        ? `The flow '${flow.name}' has no settingsErrorHandling. The default is a disconnect.`
        : `The flow '${flow.name}' disconnects on an error that no action handles.`,
      fix: 'Set the error handling of the flow to a transfer to a queue, or to a task.',
      ...(isDefault && { atMost: 'hint' as const }),
    });
  },
};
