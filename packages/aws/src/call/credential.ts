import { SMITHY_CONTEXT_KEY, type HandlerContext } from '../types.js';

/**
 * Names the account of a call. AWS counts its quotas by account and Region. The access key of a role changes with each session, so the
 * account is the name if the credentials tell it, else a permanent key. Temporary credentials without an account share one name for
 * each host: that never exceeds a quota, and several accounts on one line then share it.
 */
export function credentialOf(context: HandlerContext, host: string): string {
  const { accountId, accessKeyId, sessionToken } = context[SMITHY_CONTEXT_KEY]?.selectedHttpAuthScheme?.identity ?? {};
  if (accountId !== undefined) return `account ${accountId}@${host}`;
  if (accessKeyId !== undefined && sessionToken === undefined) return `key ${accessKeyId}@${host}`;
  return `temporary@${host}`;
}
