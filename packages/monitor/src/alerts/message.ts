import type { Alert } from '../types.js';

/** What a webhook is about. */
export interface Notice {
  readonly what: 'raised' | 'resolved';
  readonly alert: Alert;
  /** Name of the line. */
  readonly line: string;
}

/** Characters of a text in a block. Slack takes 3,000. */
const MAX_BLOCK = 2_900;

/** Slack reads these characters as markup. */
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Shortens a text for a block, without a part of an entity or of a character at its end. */
const escapeBlock = (text: string): string =>
  escape(text)
    .slice(0, MAX_BLOCK)
    .replace(/(?:&[a-z]*|[\uD800-\uDBFF])$/, '');

/** A message for an incoming webhook of Slack. */
function slackMessage({ what, alert, line }: Notice): object {
  const { severity, text, rule, raisedAt, resolvedAt } = alert;
  const isReport = raisedAt === resolvedAt && what === 'raised';
  const title = what === 'resolved' ? 'Resolved' : isReport ? 'Report' : severity[0]?.toUpperCase() + severity.slice(1);
  const times = [`raised ${new Date(raisedAt).toISOString()}`];
  if (what === 'resolved' && resolvedAt !== undefined) times.push(`resolved ${new Date(resolvedAt).toISOString()}`);
  return {
    text: escape(`${title}: ${text}`),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${title}*: ${escapeBlock(text)}` } },
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: escapeBlock([line, rule, ...times].join(' · ')) }],
      },
    ],
  };
}

function jsonMessage({ what, alert, line }: Notice): object {
  const at = what === 'resolved' ? (alert.resolvedAt ?? alert.raisedAt) : alert.raisedAt;
  return { type: `alert.${what}`, timestamp: new Date(at).toISOString(), data: { line, ...alert } };
}

/** Prints the body of a webhook. */
export function printMessage(format: 'slack' | 'json', notice: Notice): string {
  return JSON.stringify(format === 'slack' ? slackMessage(notice) : jsonMessage(notice));
}
