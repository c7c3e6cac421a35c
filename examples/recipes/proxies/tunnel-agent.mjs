// https-proxy-agent hands the refusal of a proxy to the client, as if the platform had answered. This agent fails instead, with the
// code that Node has for this case. Holdline then knows that nothing was sent.
import { HttpsProxyAgent } from 'https-proxy-agent';

export class TunnelAgent extends HttpsProxyAgent {
  #ca;

  constructor(proxyUrl, { ca, ...options } = {}) {
    super(proxyUrl, options);
    this.#ca = ca;
  }

  async connect(request, options) {
    request.once('proxyConnect', ({ statusCode }) => {
      if (statusCode === 200) return;
      const error = new Error(`The proxy answered ${statusCode} to CONNECT.`);
      request.destroy(Object.assign(error, { code: 'ERR_PROXY_TUNNEL', statusCode }));
    });
    return super.connect(request, this.#ca ? { ...options, ca: this.#ca } : options);
  }
}
