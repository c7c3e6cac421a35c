// The SDK as the vendor documents it for pages: loaded by a script tag, and asked for by a `require` that it brings.
import type platformClient from 'purecloud-platform-client-v2';

const { require: load } = globalThis as unknown as { require: (name: 'platformClient') => typeof platformClient };

const sdk = load('platformClient');

export { sdk as default };
