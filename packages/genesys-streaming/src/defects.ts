import type { Holdline } from '@holdline/core';

const CLIENT = 'genesys-cloud-streaming-client';

/** Tells which defects of this SDK the line works round. All measured on versions 17.2.7 and 19.4.1. */
export function reportDefects(line: Holdline): void {
  line.reportDefect({
    client: CLIENT,
    defect: 'clients whose connection was refused come back together: the back-off has no part of chance',
    remedy: 'streams are opened within a quota, and positive jitter is added to each back-off',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'a Retry-After of an HTTP request is added to the back-off of the connection',
    remedy: 'refusals are waited out below the SDK, and what it still sees has no Retry-After',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'after a connect() that failed or was cancelled the next one does nothing',
    remedy: 'the client is told that it is not connecting any more',
  });
  if (!line.managesToken) return;
  line.reportDefect({
    client: CLIENT,
    defect: 'a dead token ends the connection for good',
    remedy: 'a 401, and a refused password, renew the token where the line has a grant, and the attempt is made again',
  });
}
