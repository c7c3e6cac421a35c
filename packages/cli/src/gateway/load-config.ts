import { type HoldlineConfig, isHoldline } from '@holdline/core';
import { configPath } from '../config/find-config.js';
import { readConfigFile } from '../config/read-file.js';
import { usageError } from '../terminal/errors.js';

/** The presets, by the name of their platform. */
export const PRESETS = ['genesys', 'cxone'] as const;

/** A configuration, and where it comes from. */
export interface GatewayConfig {
  readonly config: HoldlineConfig;
  /** In words: a path, or a preset. */
  readonly source: string;
}

/**
 * Loads the configuration that a gateway is written from: a preset, the given file, or the nearest one. Nothing of it is started.
 *
 * @throws CommandError with the exit code 2 if there is none, or it cannot be used.
 */
export async function loadGatewayConfig(
  { preset, config }: { preset?: (typeof PRESETS)[number]; config?: string },
  directory: string,
): Promise<GatewayConfig> {
  if (preset !== undefined) {
    if (config !== undefined) throw usageError('--preset and --config exclude each other.');
    return { config: await loadPreset(preset), source: `preset ${preset}` };
  }
  const path = configPath(config, directory);
  if (path === undefined)
    throw usageError('There is no holdline.config.*: name a configuration with --config FILE, or use --preset.');
  const { value, module } = await readConfigFile(path);
  // A line does not show its configuration. A file that exports one often exports its configuration too.
  const found = isHoldline(value) ? module.config : value;
  if (isHoldline(found) || typeof found !== 'object' || found === null || Array.isArray(found))
    throw usageError(
      isHoldline(value)
        ? `${path} exports a line: also export its configuration, as \`config\`.`
        : `${path} must export a configuration, or a function that returns one (as default export or as \`config\`).`,
    );
  return { config: found, source: path };
}

async function loadPreset(name: (typeof PRESETS)[number]): Promise<HoldlineConfig> {
  if (name === 'genesys') return (await import('@holdline/genesys')).genesysCloud();
  return (await import('@holdline/cxone')).cxone();
}
