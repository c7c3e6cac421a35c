import type { Holdline } from '@holdline/core';

const CLIENT = 'genesys-cloud-streaming-client';

/** Reports the defects of the SDK that the line works around, measured on versions 17.2.7 and 19.4.1. */
export function reportDefects(line: Holdline): void {
  line.reportDefect({
    client: CLIENT,
    defect: 'refused clients come back together, because the back-off has no jitter',
    remedy: 'streams open within a quota, and each back-off gets positive jitter',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'the Retry-After of an HTTP request is added to the back-off of the connection',
    remedy: 'the line waits below the SDK, and the SDK sees no Retry-After',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'after a failed or cancelled connect() the next one does nothing',
    remedy: 'the line resets the flag client.connecting',
  });
  if (!line.managesToken) return;
  line.reportDefect({
    client: CLIENT,
    defect: 'an invalid token ends the connection permanently',
    remedy: 'with a grant, the line renews the token after a 401 or a refused password, and tries again',
  });
}
