/** Reads an answer of the API. Undefined: there is none, for example because the call is no longer kept. */
export async function readApi<T>(path: string, query: URLSearchParams): Promise<T | undefined> {
  try {
    const answer = await fetch(`api/${path}?${query.toString()}`);
    return answer.ok ? ((await answer.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
