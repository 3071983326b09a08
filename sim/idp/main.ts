/** `rollcall-sim idp …`: which identity providers can be played. A provider that is not built is not offered. */
import { Command } from 'commander'
import { entraCommand } from './entra/command.ts'
import { oneloginCommand } from './onelogin/command.ts'
import { oktaCommand } from './okta/command.ts'

/** One row a provider: a new one brings its own folder and its line here. */
const PROVIDERS: readonly (() => Command)[] = [oktaCommand, entraCommand, oneloginCommand]

/** The `idp` command with one subcommand for each provider. */
export function idpCommand(): Command {
  const idp = new Command('idp').description('push people at a SCIM address the way an identity provider does')
  for (const provider of PROVIDERS) idp.addCommand(provider())
  return idp
}
