import { originOf } from '@holdline/core';
import type { AuthLike, SdkParts, Singleton } from './sdk-parts.js';

const VENDOR = /^https:\/\/(?:[a-z\d-]+\.)+(?:nice-?incontact|nicecxone)\.com$/;

/** Tells the origins of the SDK's own APIs from all others: the vendor's hosts, those of its discovery, and those given. */
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

/** Whether somebody logs in there, or says who he is: neither to be queued nor to be given a token. */
export function isLogin(url: string, auth: Singleton<AuthLike> | undefined): boolean {
  return LOGIN.test(url) || url === auth?.instance.oidcConfig?.tokenEndpoint;
}
