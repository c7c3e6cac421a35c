// Smoke test in plain CommonJS for other-nodes.mjs.
const { smoke } = require('./smoke-steps.cjs');

smoke({
  assert: require('node:assert/strict'),
  axios: require('axios'),
  platformClient: require('purecloud-platform-client-v2'),
  Bottleneck: require('bottleneck'),
  CircuitBreaker: require('opossum'),
  ...require('@holdline/axios'),
  ...require('@holdline/bottleneck'),
  ...require('@holdline/core'),
  ...require('@holdline/core/testing'),
  ...require('@holdline/genesys'),
  ...require('@holdline/inbox'),
  ...require('@holdline/opossum'),
  ...require('@holdline/simulator'),
}).then(
  () => console.log(`CommonJS on Node ${process.version}: ok`),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
