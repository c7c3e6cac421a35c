import { defineConfig } from 'vite';

export default defineConfig({
  // The SDK uses the global object of Node.
  define: { global: 'globalThis' },
  build: {
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: { input: ['index.html', 'session.html'] },
  },
});
