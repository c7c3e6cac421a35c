// The same packages, required by a CommonJS service.
import core = require('@holdline/core');
import testing = require('@holdline/core/testing');
import kit = require('@holdline/adapter-kit');
import architect = require('@holdline/architect');
import aws = require('@holdline/aws');
import axios = require('@holdline/axios');
import bottleneck = require('@holdline/bottleneck');
import cxone = require('@holdline/cxone');
import dashboard = require('@holdline/dashboard');
import fetching = require('@holdline/fetch');
import gateway = require('@holdline/gateway');
import genesys = require('@holdline/genesys');
import streaming = require('@holdline/genesys-streaming');
import httpCache = require('@holdline/http-cache');
import inbox = require('@holdline/inbox');
import monitor = require('@holdline/monitor');
import recordings = require('@holdline/monitor/node');
import opossum = require('@holdline/opossum');
import redis = require('@holdline/redis');
import simulator = require('@holdline/simulator');
import telemetry = require('@holdline/telemetry');
import twilio = require('@holdline/twilio');
import undici = require('@holdline/undici');
import websocket = require('@holdline/websocket');
import cli = require('holdline');

const line: core.Holdline = core.createHoldline({ retry: 'batch' });
export const api = fetching.guardFetch(fetch, line);
export const all = [
  ...[testing, axios, bottleneck, cli, cxone, dashboard, genesys, streaming, inbox, monitor, opossum, recordings],
  ...[architect, aws, gateway, httpCache, kit, redis, simulator, telemetry, twilio, undici, websocket],
];
