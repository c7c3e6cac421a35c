// `node --import @holdline/monitor/register app.js`: records every line of the process into the file HOLDLINE_RECORD.
import { registerRecorder } from './recording/register.js';

const file = process.env['HOLDLINE_RECORD'];
if (file) registerRecorder(file);
else
  process.emitWarning('nothing is recorded: the environment variable HOLDLINE_RECORD names no file', {
    type: 'HoldlineWarning',
  });
