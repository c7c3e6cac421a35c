export default {
  build: { lib: { entry: 'page.mjs', formats: ['es'], fileName: () => 'page.mjs' }, outDir: 'out/vite' },
};
