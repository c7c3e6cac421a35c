import { withCall } from '@holdline/core';
import { platform } from '../../../lib/platform.js';

export const dynamic = 'force-dynamic';

export default async function UserPage({ params }) {
  const { id } = await params;
  // A person waits for this page.
  const user = await withCall({ priority: 'high' }, () => platform().readUser(id));
  return <h1>{user.id}</h1>;
}
