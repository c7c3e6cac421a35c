// Gets a token and a notification channel for an agent, and gives artillery the address of its socket.

/** @returns The parsed answer. Throws for any status but 200, which artillery counts as a failed agent. */
async function post(url, authorization, body) {
  const answer = await fetch(url, { method: 'POST', headers: { authorization }, body });
  if (answer.status !== 200) throw new Error(`${new URL(url).pathname} answered ${answer.status}`);
  return answer.json();
}

/** artillery calls this before it connects. `wsArgs.target` is the address of the platform, and becomes that of the socket. */
export function openChannel(wsArgs, context, done) {
  const base = wsArgs.target;
  post(`${base}/oauth/token`, `Basic ${context.vars.basic}`, new URLSearchParams({ grant_type: 'client_credentials' }))
    .then(({ access_token: token }) => post(`${base}/api/v2/notifications/channels`, `Bearer ${token}`))
    .then(({ connectUri }) => {
      wsArgs.target = connectUri;
      done();
    })
    .catch(done);
}
