import { originOf } from '@holdline/core';
import type { AuthLike, SdkParts, Singleton } from './sdk-parts.js';

const VENDOR = /^https:\/\/(?:[a-z\d-]+\.)+(?:nice-?incontact|nicecxone)\.com$/;

/** Makes a check for origins of the SDK's API: the vendor's hosts, those of the SDK's discovery, and the given ones. */
export function createOriginCheck({ CXoneAuth, origins = [] }: SdkParts): (origin: string) => boolean {
  let config: object | undefined;
  let discovered: string[] = [];
  return (origin) => {
    if (VENDOR.test(origin) || origins.includes(origin)) return true;
    const auth = CXoneAuth?.instance;
    const now = auth?.getCXoneConfig?.();
    if (now !== config) {
      config = now;
      discovered = Object.values(now ?? {}).flatMap((value) => (typeof value === 'string' ? originOf(value) : []));
    }
    return (
      origin !== '' && (discovered.includes(origin) || origin === originOf(auth?.authSettings?.cxoneHostname ?? ''))
    );
  };
}

const LOGIN =
  /^https?:\/\/[^?#]*\/(?:authentication\/v1\/(?:token|refresh)|auth\/token|incontactauthorizationserver\/token|public\/user\/refresh)(?=[/?#]|$)/i;

/** Whether the URL belongs to a login or an identity request. Such requests are not queued and get no token. */
export function isLogin(url: string, auth: Singleton<AuthLike> | undefined): boolean {
  return LOGIN.test(url) || url === auth?.instance.oidcConfig?.tokenEndpoint;
}
