/** A plugin of Vite. */
export function refuseWebStorage(): { name: string };
