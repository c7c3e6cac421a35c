import process from 'node:process';

/** Settles with the first signal that ends the command. A second one ends the process at once. */
export function nextSignal(): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      done();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
