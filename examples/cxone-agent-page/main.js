// An agent desk on the real SDK of NICE CXone, bare and guarded. The SDK keeps its state in static members, including one breaker.
// Therefore each side runs in a separate frame.
import { openDesk } from '@holdline/example-agent-page/desk';

const platform = await (await fetch('/platform.json')).json();

async function startSession(side) {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = 'session.html';
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve));
  return frame.contentWindow.startSession({ ...platform[side], guarded: side === 'guarded', quota: platform.quota });
}

await openDesk({
  title: 'Agent desk on NICE CXone',
  list: { title: 'Callbacks', item: 'Customer', value: 'Due' },
  agents: [
    { ...(await startSession('bare')), title: 'Bare SDK', code: '@nice-devone 25.1', guarded: false },
    {
      ...(await startSession('guarded')),
      title: 'SDK + Holdline',
      code: 'guardCxone({ HttpClient, … })',
      guarded: true,
    },
  ],
});
