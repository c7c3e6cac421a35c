import { decodeSignature } from './hmac.js';
import { MAX_HEADER } from './reading.js';

/** An HTTP message signature of the draft that AudioHook uses. */
export interface MessageSignature {
  /** The covered components in their order, such as `@authority` or `x-api-key`. */
  readonly components: readonly string[];
  /** The value of `@signature-params`, as the signer wrote it. */
  readonly parameters: string;
  readonly keyId: string;
  readonly nonce: string;
  /** Wall ms. */
  readonly createdAt: number;
  /** Wall ms. Undefined: the signature has no expiry. */
  readonly expiresAt: number | undefined;
  readonly signature: Uint8Array;
}

// The characters of a string in a structured field, without the two that need a backslash.
const TEXT = String.raw`"[\x20\x21\x23-\x5b\x5d-\x7e]{1,256}"`;
const LIST = new RegExp(String.raw`^([a-z][a-z0-9_-]{0,31})=(\(${TEXT}(?: ${TEXT}){0,15}\)(;.*)?)$`);
const PARAMETER = new RegExp(String.raw`;([a-z]{1,16})=(${TEXT}|[0-9]{1,12})`, 'y');
const SIGNATURE = /^([a-z][a-z0-9_-]{0,31})=:([A-Za-z0-9+/=]{1,128}):$/;

/** The parameters that the draft knows, and whether each is a text. */
const IS_TEXT = new Map([
  ['keyid', true],
  ['nonce', true],
  ['alg', true],
  ['created', false],
  ['expires', false],
]);

/**
 * Reads the headers `Signature-Input` and `Signature`. The form is strict: one signature, and neither spaces nor parameters that a signer
 * does not need. What the parser does not accept it cannot misunderstand.
 *
 * @returns undefined if the headers have another form, or if the algorithm is not `hmac-sha256`
 */
export function readMessageSignature(input: string, signature: string): MessageSignature | undefined {
  if (input.length > MAX_HEADER || signature.length > MAX_HEADER) return undefined;
  const [, label, parameters = '', rest = ''] = LIST.exec(input) ?? [];
  const [, signatureLabel, encoded = ''] = SIGNATURE.exec(signature) ?? [];
  const bytes = decodeSignature(encoded);
  const values = readParameters(rest);
  if (!label || label !== signatureLabel || !bytes || !values) return undefined;

  const components = [...parameters.slice(0, parameters.length - rest.length).matchAll(/"([^"]*)"/g)].map(
    ([, name = '']) => name,
  );
  const [keyId, nonce, created] = [values.get('keyid'), values.get('nonce'), values.get('created')];
  const expires = values.get('expires');
  if (new Set(components).size !== components.length || !keyId || !nonce || created === undefined) return undefined;
  if ((values.get('alg') ?? 'hmac-sha256') !== 'hmac-sha256') return undefined;
  return {
    components,
    parameters,
    keyId,
    nonce,
    createdAt: Number(created) * 1_000,
    expiresAt: expires === undefined ? undefined : Number(expires) * 1_000,
    signature: bytes,
  };
}

/** The parameters by name. Undefined if one is unknown, has the wrong type or occurs twice. */
function readParameters(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const [, name = '', value = ''] = PARAMETER.exec(text) ?? [];
    const isText = value.startsWith('"');
    if (IS_TEXT.get(name) !== isText || values.has(name)) return undefined;
    values.set(name, isText ? value.slice(1, -1) : value);
  }
  return values;
}
