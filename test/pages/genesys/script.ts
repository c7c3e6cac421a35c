// The SDK as the vendor documents it for pages: a script tag loads it, and its own global `require` returns it.
import type platformClient from 'purecloud-platform-client-v2';

const { require: load } = globalThis as unknown as { require: (name: 'platformClient') => typeof platformClient };

const sdk = load('platformClient');

export { sdk as default };
