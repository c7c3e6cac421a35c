import { type Command, InvalidArgumentError, Option } from 'commander';
import type { GatewayFlags } from '../gateway/flags.js';
import type { AwsFlags, ServerFlags } from '../gateway/run-gateway.js';
import type { Terminal } from '../terminal/terminal.js';

const EXAMPLES = `
Examples:
  $ holdline gateway nginx --preset genesys --platform https://api.mypurecloud.com --whole -o gateway --check
  $ holdline gateway haproxy --config holdline.config.ts --platform https://api.mypurecloud.com --dry-run
  $ holdline gateway aws --preset genesys --platform https://api.mypurecloud.com --client ivr --client reports
  $ holdline gateway azure --preset cxone --platform https://api-na1.niceincontact.com -o gateway

What a gateway cannot keep is a comment in its files, and printed after them.`;

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function parseShare(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > 1)
    throw new InvalidArgumentError('It must be a number above 0 and at most 1.');
  return value;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}

/** Adds `gateway`: the files of a gateway that keeps the quotas of a configuration. */
export function addGatewayCommand(program: Command, terminal: Terminal): void {
  const gateway = program
    .command('gateway')
    .summary('write the files of a gateway that keeps the quotas of a configuration')
    .description('Writes the files of a gateway that keeps the quotas of a configuration for everyone behind it.')
    .addHelpText('after', EXAMPLES);
  const add = (name: string, summary: string, example: string): Command =>
    withGatewayOptions(gateway.command(name).summary(summary)).addHelpText('after', `\nExamples:\n  $ ${example}`);

  withServerOptions(
    add(
      'nginx',
      'write files of NGINX',
      'holdline gateway nginx --preset genesys --platform https://api.mypurecloud.com -o /etc/nginx/holdline',
    ),
  )
    .description('Writes the files of an NGINX with the module for njs.')
    .option('--directory <path>', 'where NGINX finds the files (default: that of --output)')
    .action(async (flags: ServerFlags) => {
      const { runGateway } = await import('../gateway/run-gateway.js');
      await runGateway({ gateway: 'nginx', flags }, terminal);
    });

  withServerOptions(
    add(
      'haproxy',
      'write the file of HAProxy',
      'holdline gateway haproxy --preset genesys --platform https://api.mypurecloud.com --whole -o /etc/haproxy',
    ),
  )
    .description('Writes the file of an HAProxy 2.6 or newer.')
    .action(async (flags: ServerFlags) => {
      const { runGateway } = await import('../gateway/run-gateway.js');
      await runGateway({ gateway: 'haproxy', flags }, terminal);
    });

  add(
    'aws',
    'write a usage plan of Amazon API Gateway',
    'holdline gateway aws --preset genesys --platform https://api.mypurecloud.com --client ivr',
  )
    .description('Writes a template of CloudFormation with a usage plan, and an API key per client.')
    .option('--client <name>', 'name of a client; may be repeated', collect)
    .option('--burst-share <number>', 'part of each quota that may leave at once (default: 0.1)', parseShare)
    .action(async (flags: AwsFlags) => {
      const { runGateway } = await import('../gateway/run-gateway.js');
      await runGateway({ gateway: 'aws', flags }, terminal);
    });

  add(
    'azure',
    'write a policy of Azure API Management',
    'holdline gateway azure --preset genesys --platform https://api.mypurecloud.com -o policies',
  )
    .description('Writes a policy of an API as XML, and a template of Azure Resource Manager with it.')
    .action(async (flags: GatewayFlags) => {
      const { runGateway } = await import('../gateway/run-gateway.js');
      await runGateway({ gateway: 'azure', flags }, terminal);
    });
}

function withGatewayOptions(command: Command): Command {
  return command
    .requiredOption('--platform <origin>', 'origin of the platform, such as https://api.mypurecloud.com')
    .option('-c, --config <file>', 'configuration (default: the nearest holdline.config.*)')
    .addOption(new Option('--preset <preset>', 'a preset instead of a configuration').choices(['genesys', 'cxone']))
    .addOption(
      new Option('--refusals <form>', 'form of the refusals (default: that of the preset, or plain)').choices([
        'genesys',
        'cxone',
        'plain',
      ]),
    )
    .addOption(
      new Option('--without-credential <how>', 'requests without Authorization (default: refuse)').choices([
        'refuse',
        'share',
      ]),
    )
    .option('--tenant-header <name>', 'header that names the tenant')
    .option(
      '--trusted-from <network>',
      'network that may name its tenant, such as 10.0.0.0/8; may be repeated',
      collect,
    )
    .option('--addresses <rate>', 'limit of one client address, such as 1000/60s')
    .option('--socket-path <path>', 'path of WebSockets, such as /channels/:id; may be repeated', collect)
    .option('--socket-origin <origin>', 'origin of the WebSockets (default: that of the platform)')
    .option('--upgrades <rate>', 'upgrades of one credential, such as 50/1s')
    .option('--max-open <number>', 'sockets that one credential may have open', parseCount)
    .option('-o, --output <directory>', 'where the files are written (default: they are printed)')
    .option('--force', 'overwrite files that have other content');
}

function withServerOptions(command: Command): Command {
  return command
    .option('--whole', 'a configuration that runs as it is, instead of one to include')
    .option('--listen <address>', 'address and port to listen on (default: 127.0.0.1:8080)')
    .option('--burst-share <number>', 'part of each quota that may leave at once (default: 0.1)', parseShare)
    .option('--dry-run', 'count and log, and refuse nothing')
    .option('--check', 'let the program check the files');
}
