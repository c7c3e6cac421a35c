import { resolve } from 'node:path';
import {
  PROFILE_NAMES,
  parseSimulatorProfile,
  type ProfileName,
  simulatorProfile,
  type SimulatorProfile,
} from '@holdline/simulator';
import { readConfigFile } from '../config/read-file.js';
import { lineOf, usageError } from '../terminal/errors.js';

/**
 * Loads a profile by its name or from a file. A text with a dot or a slash is a file.
 *
 * @throws CommandError with the exit code 2 for an unknown name, a missing file, or a file that is no profile.
 */
export async function loadProfile(nameOrPath: string, cwd: string): Promise<SimulatorProfile> {
  if ((PROFILE_NAMES as readonly string[]).includes(nameOrPath)) return simulatorProfile(nameOrPath as ProfileName);
  if (!/[./\\]/.test(nameOrPath))
    throw usageError(
      `There is no profile '${nameOrPath}'. The profiles are ${PROFILE_NAMES.join(' and ')}; a file needs its ending, such as ./${nameOrPath}.json.`,
    );
  const { value } = await readConfigFile(resolve(cwd, nameOrPath));
  try {
    return parseSimulatorProfile(value, nameOrPath);
  } catch (error) {
    throw usageError(`The profile ${nameOrPath} is wrong: ${lineOf(error)}`);
  }
}
