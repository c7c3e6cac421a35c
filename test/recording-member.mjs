// A process whose lines `node --import @holdline/monitor/register` records. It calls the simulator, and ends in the given way.
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { guardGenesys } from '@holdline/genesys';
import axios from 'axios';
import platformClient from 'purecloud-platform-client-v2';

const { url, token, end } = JSON.parse(process.argv[2]);
const calls = Number(process.argv[3] ?? 20);

const line = createHoldline({ retry: { maxAttempts: 3 } });
const api = guardAxios(axios.create({ baseURL: url, headers: { authorization: `Bearer ${token}` } }), line);
const body = { name: 'the body of a write' };

for (let n = 0; n < calls; n++) await api.get('/api/v2/users/me', { params: { expand: 'the value of a query' } });
await api.post('/api/v2/routing/queues', body);

const { instance } = platformClient.ApiClient;
instance.config.basePath = url;
instance.setAccessToken(token);
guardGenesys(instance);
await new platformClient.UsersApi(instance).getUsersMe();

if (end === 'exit') process.exit(0);
if (end === 'error') throw new Error('the application failed');
if (end === 'own handler') process.on('SIGTERM', () => process.exit(7));
if (end !== 'nothing left') setInterval(() => undefined, 1_000);
if (process.send) process.send('done');
process.channel?.unref();
