import { shortTurns, STUDIO_TURN_MS } from '../studio/short-turns.js';
import type { StudioAction, StudioScript } from '../studio/studio-script.js';
import type { Rule } from './rule.js';
import { SOURCES } from './sources.js';
import { listed } from './words.js';

const nameOf = ({ label, type }: StudioAction): string => (label === '' ? type : `${type} '${label}'`);

/** A loop of a CXone Studio script whose turns wait less than NICE asks for. */
export const studioLoopWithoutWait: Rule<StudioScript> = {
  id: 'studio-loop-without-wait',
  title: 'A loop of a CXone Studio script waits less than 100 ms a turn',
  level: 'warn',
  reason:
    'NICE advises a WAIT in loops, of as little as 0.1 seconds, which keeps the servers from being overloaded. This is advice for CXone Studio only. Architect has no such number.',
  sources: [SOURCES.studioWait],
  wouldHaveCaught:
    'A script asks in a SNIPPET again and again whether a callback is due. With ten contacts nobody notices. With two hundred, all scripts of the business unit become slow.',
  check(script, { report }) {
    const { file, actions } = script;
    for (const { actions: turn, waitMs, isCounted } of shortTurns(script)) {
      const members = turn.flatMap((id) => actions.get(id) ?? []);
      const names = members.map(nameOf);
      report({
        place: { file, path: members[0] ? `Action ${members[0].id} › ${names[0] ?? ''}` : '' },
        message: `The loop through ${listed(names)} waits ${waitMs} ms a turn, less than ${STUDIO_TURN_MS} ms.`,
        fix: 'Put a WAIT of at least 0.1 seconds in the loop.',
        ...(isCounted && { atMost: 'hint' as const }),
      });
    }
  },
};
