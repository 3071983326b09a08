/**
 * Who stands between the caller and us, and under which address the caller sees us.
 * Decides whose forwarding headers are believed and what absolute addresses begin with; must not serve anything.
 *
 * X-Forwarded-For is read from its end: the last address that is not a proxy of ours is the caller's. What stands before
 * it was written by the caller. -Proto and -Host count only where the connection itself comes from a proxy of ours.
 */
import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Words for networks, RFC 1122 section 3.2.1.3, RFC 1918, RFC 4193, RFC 4291 section 2.5. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
}

/** Whether an address belongs to one of these: addresses, networks and the words `loopback` and `private`. */
export function addressesOf(list: readonly string[]): (address: string | undefined) => boolean {
  const known = new BlockList()
  for (const part of list.flatMap((it) => NAMED[it] ?? [it])) {
    const [address = '', bits] = part.split('/')
    const family = familyOf(address)
    if (family === undefined) throw new TypeError(`${part} is neither an address nor a network`)
    if (bits === undefined) known.addAddress(address, family)
    else known.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    // A link-local address names the interface it came through: fe80::1%eth0.
    const bare = address?.split('%', 1)[0] ?? ''
    const family = familyOf(bare)
    return family !== undefined && known.check(bare, family)
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address) as 4 | 6]

/** True for an address of this machine. */
export const isLoopback = addressesOf(['loopback'])

/** A host name or address, perhaps with a port: anything else in a Host header stays out of our answers. */
const HOST = /^(?:[a-z0-9](?:[\w.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/**
 * What every absolute address of ours begins with, without a slash at the end: the public address where one is set, else
 * the one the caller used.
 */
export const baseUrlFor =
  (publicUrl: string | undefined) =>
  (request: FastifyRequest): string =>
    publicUrl ??
    `${request.protocol === 'https' ? 'https' : 'http'}://${HOST.test(request.host) ? request.host : 'localhost'}`
