import type { Plugin } from 'vite';

export function refuseWebStorage(): Plugin;
