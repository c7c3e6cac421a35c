import { startProcessDashboard } from './process/process-dashboard.js';

// `node --import @holdline/dashboard/register app.js` shows all lines that the process makes. The listener to new lines is there at once; only
// the port is opened later.
void startProcessDashboard(process.env, (text) => void process.stderr.write(`${text}\n`));
