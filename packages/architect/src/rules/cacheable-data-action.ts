import { dataActionName, isWrite } from './action-kinds.js';
import type { FlowAnalysis, FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { listed } from './words.js';
import { inputVariables } from './variables.js';

/** Last parts of names of variables that have few values for all interactions of a day. */
const FEW_VALUES =
  /(?:^|\.)(?:calledaddress(?:original)?|dnis|language|currentqueue(?:\.(?:id|name))?|queue(?:\.(?:id|name))?|queuename|queueid)$/;

/** A data action that gives many interactions the same answer. */
export const cacheableDataAction: FlowRule = {
  id: 'cacheable-data-action',
  title: 'A data action gives many interactions the same answer',
  level: 'hint',
  reason:
    'Its inputs are constant or have few values, so most interactions get the same answer. Lookups in a data table have far higher limits, and the vendor says that in most cases an answer may be one to five minutes old. Only you know whether that is true here.',
  sources: [SOURCES.blueprint],
  wouldHaveCaught:
    'Every call asks a web service for the opening hours of the called number. There are twelve numbers, and the hours change twice a year. The data actions reach their limit on the day of a campaign, and the lookups of customers fail.',
  check(analysis, { report }) {
    const cached = afterLookups(analysis);
    for (const action of analysis.actions('dataAction')) {
      if (isWrite(action) || cached.has(action.id)) continue;
      const variables = [...inputVariables(action)];
      // An expression without a variable may be a function such as the present time.
      const hasFunction = Object.values(action.dataAction?.inputs ?? {}).some(
        ({ kind, text, value }) => kind === 'expression' && value === undefined && /\w\s*\(/.test(text),
      );
      if (hasFunction || !variables.every((name) => FEW_VALUES.test(name))) continue;
      report({
        place: action.place,
        message:
          variables.length === 0
            ? `The inputs of ${dataActionName(action)} are the same in every interaction.`
            : `The inputs of ${dataActionName(action)} have few values: ${listed(variables)}.`,
        fix: 'Look in a data table first, and call the data action when the entry is missing or too old: holdline architect generate cache.',
      });
    }
  },
};

/** The actions that follow a lookup in a data table in the same task: the vendor's pattern for a cache. */
function afterLookups({ steps, view }: FlowAnalysis): Set<string> {
  const found = new Set<string>();
  const open = steps.order.filter((id) => steps.action(id).kind === 'dataTableLookup');
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const { sequence } = steps.action(id);
    for (const to of view.next(id)) {
      if (found.has(to) || steps.action(to).sequence !== sequence) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
