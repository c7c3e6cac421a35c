export function findWebStorage(code: string, path: string): { api: string; line: number }[];
