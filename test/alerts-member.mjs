// A process with an alert for a receiver that never answers. It ends as soon as its own work is done.
import { createHoldline } from '@holdline/core';
import { alerts } from '@holdline/monitor';

const line = createHoldline();
const rules = [{ name: 'always', severity: 'critical', when: { metric: 'queued', below: 1 }, text: 'No call waits.' }];
const watch = alerts(line, { rules, webhooks: [{ url: process.argv[2] }] });
const raised = new Promise((resolve) => watch.on('alertRaised', resolve));
const failed = new Promise((resolve) => watch.on('deliveryFailed', resolve));
const keepAlive = setInterval(() => undefined, 1_000);
await raised;
if (process.argv[3] === 'refused') await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 500))]);
clearInterval(keepAlive);
console.log('work done');
