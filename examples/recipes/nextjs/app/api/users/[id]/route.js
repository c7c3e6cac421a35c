import { isHoldlineError, withCall } from '@holdline/core';
import { platform } from '../../../../lib/platform.js';

export const dynamic = 'force-dynamic';

export async function GET(request, { params }) {
  const { id } = await params;
  try {
    // The signal ends the call when the browser leaves.
    const user = await withCall({ signal: request.signal }, () => platform().readUser(id));
    return Response.json(user);
  } catch (error) {
    if (!isHoldlineError(error)) throw error;
    const { code, retryAt } = error;
    const wait = retryAt === undefined ? {} : { 'retry-after': String(Math.ceil((retryAt - Date.now()) / 1000)) };
    return Response.json({ code }, { status: 503, headers: wait });
  }
}
