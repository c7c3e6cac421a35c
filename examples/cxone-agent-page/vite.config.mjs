import { defineConfig } from 'vite';

export default defineConfig({
  // The SDK asks for what Node calls its global object.
  define: { global: 'globalThis' },
  build: {
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: { input: ['index.html', 'session.html'] },
  },
});
