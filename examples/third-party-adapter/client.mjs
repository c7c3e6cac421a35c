// A small HTTP client, as many companies have one. It contains no Holdline code.

/** The client's error for 4xx and 5xx. */
export class TinyHttpError extends Error {
  constructor(response) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

export class TinyHttp {
  constructor(baseUrl, headers = {}) {
    this.baseUrl = baseUrl;
    this.headers = headers;
  }

  /** Sends a request. Every other method of the client calls this one. */
  async exchange({ method, path, headers, body, signal }) {
    const response = await fetch(new URL(path, this.baseUrl), { method, headers, body, signal });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    if (!response.ok) throw new TinyHttpError(answer);
    return answer;
  }

  async get(path) {
    const { text } = await this.exchange({ method: 'GET', path, headers: new Headers(this.headers) });
    return JSON.parse(text);
  }

  async post(path, value) {
    const headers = new Headers({ ...this.headers, 'Content-Type': 'application/json' });
    const { text } = await this.exchange({ method: 'POST', path, headers, body: JSON.stringify(value) });
    return JSON.parse(text);
  }
}
