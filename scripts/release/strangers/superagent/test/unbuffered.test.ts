import { adapterContract } from '@holdline/adapter-kit';
import { describe, expect, it } from 'vitest';
import * as sources from '../src/index.js';
import { adapter } from './adapter.contract.js';

adapterContract({ describe, it, expect }, adapter(sources, false));
