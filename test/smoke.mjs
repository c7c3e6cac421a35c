// Smoke test in plain ESM for other-nodes.mjs: the published packages on a real socket, without a test runner.
import assert from 'node:assert/strict';
import axios from 'axios';
import Bottleneck from 'bottleneck';
import CircuitBreaker from 'opossum';
import platformClient from 'purecloud-platform-client-v2';
import { guardAxios } from '@holdline/axios';
import { bottleneck } from '@holdline/bottleneck';
import { callInfo, createHoldline, holdlineOf, memoryStore, release, withCall, withTransaction } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { clientCredentials, genesysCloud, guardGenesys } from '@holdline/genesys';
import { inbox } from '@holdline/inbox';
import { attempt, opossum } from '@holdline/opossum';
import { startSimulator } from '@holdline/simulator';
import { smoke } from './smoke-steps.cjs';

await smoke({
  assert,
  axios,
  platformClient,
  guardAxios,
  callInfo,
  createHoldline,
  holdlineOf,
  memoryStore,
  release,
  withCall,
  withTransaction,
  VirtualClock,
  clientCredentials,
  genesysCloud,
  guardGenesys,
  startSimulator,
  inbox,
  attempt,
  bottleneck,
  Bottleneck,
  CircuitBreaker,
  opossum,
});
console.log(`ESM on Node ${process.version}: ok`);
