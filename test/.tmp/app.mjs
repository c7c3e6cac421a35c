import { guardFetch } from '@holdline/fetch';
import { startSimulator } from '@holdline/simulator';
const sim = await startSimulator({ platform: 'genesys', limits: [{ name: 'l', per: 'token', limit: 60, windowMs: 1500, enforcement: 'fixed' }] });
const r = await fetch(sim.url + '/oauth/token', { method: 'POST', headers: { authorization: 'Basic ' + btoa('a:b') }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
const { access_token } = await r.json();
const f = guardFetch(fetch, { governor: { quotas: [{ limit: 60, windowMs: 1500 }] }, paths: { anchor: '/api/v2/' } });
const get = (p) => f(sim.url + p, { headers: { authorization: 'Bearer ' + access_token } }).then((x) => x.text());
await Promise.all(Array.from({ length: 80 }, (_, i) => get(`/api/v2/users/00000000-0000-4000-8000-0000000000${10 + i}`)));
await Promise.all(Array.from({ length: 3 }, () => get('/api/v2/users/me')));
for (let i = 0; i < 6; i++) { await get('/api/v2/users/1234567/presences/purecloud'); await new Promise((d) => setTimeout(d, 600)); }
await sim.stop();
