import { policyContract } from '@holdline/adapter-kit';
import { describe, expect, it } from 'vitest';
import * as sources from '../src/index.js';
import { policy } from './policy.contract.js';

policyContract({ describe, it, expect }, policy(sources));
