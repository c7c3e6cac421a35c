import type { Policy } from '@holdline/core';

export function correlation(options: { header: string }): Policy;
export function stopwatch(options: { record: (route: string, outcome: string, ms: number) => void }): Policy;
