// The SDK of the template, as a vendor might publish it. It knows nothing of Holdline. Delete this file when the contract runs on $theClient$.
import { Agent } from 'node:http';
import axios, { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse } from 'axios';

export class ExampleSdk {
  readonly http: AxiosInstance;
  readonly #agent: Agent;

  constructor(
    baseURL: string,
    { headers = {} as Record<string, string>, maxSockets = Infinity, library = axios } = {},
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
    this.http = library.create({ baseURL, headers, httpAgent: this.#agent });
  }

  getItem(id: string, options: AxiosRequestConfig = {}): Promise<AxiosResponse> {
    return this.http.get(`/items/${id}`, options);
  }

  /** Sends any request. */
  send(options: AxiosRequestConfig): Promise<AxiosResponse> {
    return this.http.request(options);
  }

  close(): void {
    this.#agent.destroy();
  }
}
