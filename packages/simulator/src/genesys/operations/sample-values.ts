import { CREATED_AT } from '../configuration.js';
import { HOLES } from './body-template.js';

/** Chooses a whole number below `range`, always the same one for the same place. */
export type Draw = (range: number) => number;

const DAY_MS = 86_400_000;
const FIRST_NAMES = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Grace', 'Hedy', 'Katherine', 'Tim'];
const LAST_NAMES = ['Baker', 'Dubois', 'Fischer', 'Garcia', 'Kowalski', 'Okafor', 'Sato', 'Silva'];
const CITIES = ['Berlin', 'Dublin', 'Indianapolis', 'London', 'Madrid', 'Paris', 'Sydney', 'Tokyo'];
const LANGUAGES = ['en-US', 'en-GB', 'de-DE', 'es-ES', 'fr-FR'];

type Sample = (draw: Draw, noun: string, name: string) => string;

const pick =
  (values: readonly string[]): Sample =>
  (draw) =>
    values[draw(values.length)] ?? '';

/** Texts by the name of their field. The first pattern that matches decides. */
const TEXTS: readonly (readonly [pattern: RegExp, sample: Sample])[] = [
  [/^selfUri$/, () => HOLES.path],
  [/^name$/, (_, noun) => `${noun} ${HOLES.number}`],
  [/week(?:Date|Id)?$|workday$|businessUnitDate$|^effectiveDate$/i, (draw) => date(draw).slice(0, 10)],
  [
    /^date$|^date[A-Z]|Date(?:Time)?$|(?:Time|[tT]imestamp)$|^(?:timestamp|time|expires|lastUpdated)$/,
    (draw) => date(draw),
  ],
  [/^(?:start|end)$/, (draw) => date(draw)],
  [/interval$/i, () => `${CREATED_AT}/2026-01-02T00:00:00.000Z`],
  [/duration|timeout/i, (draw) => `PT${draw(59) + 1}M`],
  [/timeZone/i, () => 'Europe/London'],
  [/email|jabberId|username$/i, (draw) => `agent${draw(1000)}@simulated.example`],
  [/^firstName$|^givenName$/, pick(FIRST_NAMES)],
  [/^lastName$|^familyName$|^surname$/, pick(LAST_NAMES)],
  [
    /(?:display|full|preferred|contact|agent|user)Name$/i,
    (draw) => `${pick(FIRST_NAMES)(draw, '', '')} ${pick(LAST_NAMES)(draw, '', '')}`,
  ],
  [/phone|^(?:ani|dnis|number)$|e164/i, (draw) => `+1317555${String(draw(10_000)).padStart(4, '0')}`],
  [/address$/i, (draw) => `sip:agent${draw(1000)}@simulated.example`],
  [/city$/i, pick(CITIES)],
  [/country/i, () => 'US'],
  [/currency/i, () => 'USD'],
  [/language|locale|dialect/i, pick(LANGUAGES)],
  [/ur[il]$/i, (_, noun, name) => `https://simulated.example/${slug(noun)}/${name}`],
  [/color$/i, (draw) => `#${draw(0x1000000).toString(16).padStart(6, '0')}`],
  [/version/i, (draw) => `${draw(9) + 1}.0`],
  [/description|notes?$|comments?$|message$|text$|body$/i, (_, noun) => `Simulated ${noun.toLowerCase()}`],
  [/contentType|mimeType/i, () => 'application/json'],
  [/rrule/i, () => 'FREQ=DAILY;INTERVAL=1'],
  [/^(?:state|status)$/i, () => 'active'],
  [/mediaType/, () => 'voice'],
  [/score|percent|amount|value$/i, (draw) => String(draw(100))],
];

/** Returns a plausible text for a field of the kind that `noun` names. */
export function sampleText(name: string, noun: string, draw: Draw): string {
  const sample = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  return sample === undefined ? `simulated-${slug(name)}` : sample(draw, noun, name);
}

/** Returns a plausible number for a field. */
export function sampleNumber(name: string, draw: Draw): number {
  if (/^version$/i.test(name)) return 1;
  if (/date|timestamp|epoch/i.test(name)) return Date.parse(date(draw));
  if (/latitude/i.test(name)) return 51.5;
  if (/longitude/i.test(name)) return -0.12;
  if (/ratio|confidence|probability|sentiment/i.test(name)) return draw(100) / 100;
  if (/percent|score|rate$/i.test(name)) return draw(101);
  if (/(?:ms|millis(?:econds)?)$/i.test(name)) return (draw(300) + 1) * 1000;
  if (/seconds$|^t[A-Z]/.test(name)) return (draw(30) + 1) * 10;
  return draw(50);
}

/** A time within the 30 days after the creation of the organization. */
function date(draw: Draw): string {
  return new Date(Date.parse(CREATED_AT) + draw(30 * (DAY_MS / 60_000)) * 60_000).toISOString();
}

/** `WrapupCode` and `wrap up code` become `wrap-up-code`. */
function slug(text: string): string {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z\d]+/g, '-')
    .toLowerCase();
}
