/**
 * Takes a web address apart without asking the platform.
 * Decides what counts as one: scheme, host, path and query in plain characters, no name or password; must not be lenient.
 */

export interface WebAddress {
  readonly scheme: 'https' | 'http'
  /** With the port, in lower case. */
  readonly host: string
  readonly hostname: string
  /** Path and query. */
  readonly rest: string
}

const ADDRESS =
  /^(https?):\/\/((?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]))(:\d{1,5})?((?:\/[\w\-.~!$&'()*+,;=:@%/]*)?(?:\?[\w\-.~!$&'()*+,;=:@%/?]*)?)$/i

/** Undefined for whatever is no such address, a fragment included. */
export function webAddress(text: string): WebAddress | undefined {
  const [, scheme = '', hostname = '', port = '', rest = ''] = (text.length > 2_000 ? null : ADDRESS.exec(text)) ?? []
  if (hostname === '') return undefined
  return {
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    host: `${hostname}${port}`.toLowerCase(),
    hostname: hostname.toLowerCase(),
    rest,
  }
}

/** This machine, by name or address. */
export const isThisMachine = ({ hostname }: Pick<WebAddress, 'hostname'>): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
