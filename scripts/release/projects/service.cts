// The same packages, required by a CommonJS service.
import core = require('@holdline/core');
import testing = require('@holdline/core/testing');
import axios = require('@holdline/axios');
import bottleneck = require('@holdline/bottleneck');
import cxone = require('@holdline/cxone');
import fetching = require('@holdline/fetch');
import genesys = require('@holdline/genesys');
import streaming = require('@holdline/genesys-streaming');
import inbox = require('@holdline/inbox');
import opossum = require('@holdline/opossum');
import redis = require('@holdline/redis');
import simulator = require('@holdline/simulator');
import websocket = require('@holdline/websocket');

const line: core.Holdline = core.createHoldline({ retry: 'batch' });
export const api = fetching.guardFetch(fetch, line);
export const all = [testing, axios, bottleneck, cxone, genesys, streaming, inbox, opossum, redis, simulator, websocket];
