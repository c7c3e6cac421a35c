export default {
  mode: 'production',
  entry: './page.mjs',
  experiments: { outputModule: true },
  performance: false,
  output: { path: `${import.meta.dirname}/out/webpack`, filename: 'page.mjs', library: { type: 'module' } },
};
