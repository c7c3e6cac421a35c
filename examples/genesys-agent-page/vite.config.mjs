import { defineConfig } from 'vite';

export default defineConfig({
  resolve: {
    // The package's `browser` build is a script that assigns a global `require`, and cannot be imported. This one can.
    alias: { 'purecloud-platform-client-v2': 'purecloud-platform-client-v2/dist/web-cjs/bundle.js' },
  },
  build: { chunkSizeWarningLimit: 4_000 },
});
