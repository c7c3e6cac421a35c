import { ConfigError, defineAdapter } from '@holdline/core';
import { attachClient } from './attach.js';
import { letterSender } from './dead-letter.js';
import { twilioPlatform } from './preset.js';
import { CLIENT_NAME } from './request.js';
import type { TwilioLike } from './types.js';

/**
 * Guards a client of the official Twilio SDK. The line paces and retries every request of the client, of all products: TaskRouter,
 * Flex, messages, pages of lists. Without a configuration the preset {@link twilioPlatform} applies.
 *
 * Works with twilio 5 and 6, in any number of copies, and imports none of them. A request client of the user (`httpClient`) stays in
 * use: its `request` makes one attempt. The SDK's `autoRetry` is set aside, because its attempts would not pass the line. The SDK
 * renews its bearer tokens itself, unless the line has `token`.
 *
 * Twilio limits accounts. So all clients with one `accountSid` on a line share their quotas.
 *
 * @param client - A client: `twilio(accountSid, authToken)`, or an object of a class that extends it.
 * @param configOrLine - A configuration, merged over the preset, or an existing line. A line stays as it is, so make it from
 *   `twilioPlatform()`.
 * @returns the same client.
 * @throws ConfigError if the configuration is wrong or `client` is not a Twilio client.
 * @example
 * ```ts
 * import twilio from 'twilio';
 * import { guardTwilio } from '@holdline/twilio';
 *
 * const client = guardTwilio(twilio('ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', process.env['TWILIO_AUTH_TOKEN']));
 * const tasks = await client.taskrouter.v1.workspaces('WSxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx').tasks.list({ limit: 500 });
 * console.log(tasks.length);
 * ```
 * @public
 */
export const guardTwilio = defineAdapter<TwilioLike>({
  name: 'guardTwilio',
  configure: (_client, given) => twilioPlatform(given),
  attach(client, line) {
    if (typeof client.request !== 'function' || !('httpClient' in client)) {
      throw new ConfigError(
        'the first argument of guardTwilio must be a client of the twilio package, version 5 or later',
      );
    }
    const detach = attachClient(client, line);
    const stopSending = line.deadLetters.sendBy(CLIENT_NAME, letterSender(client), client);
    return () => {
      stopSending();
      detach();
    };
  },
});
