/**
 * Decides every setting of the managed server and who may connect to it.
 * Must not loosen fsync, full_page_writes or authentication.
 */
import { lstatSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { totalmem, userInfo } from 'node:os'
import { join } from 'node:path'
import { PORT } from './socket-directory.ts'

/** The role and database of the product; the role owns its database and is no superuser. */
export const ROLE = 'rollcall'
export const DATABASE = 'rollcall'
export const SUPERUSER = 'postgres'

const MEGABYTE = 1024 * 1024

export interface ConfigurationInput {
  readonly dataDir: string
  readonly pgData: string
  readonly socketDir: string
  readonly clusterName: string
}

/** A thirty-second of the memory, between 64 and 512 MB: the machine runs other things too. */
function sharedBuffers(): number {
  return Math.min(512, Math.max(64, Math.floor(totalmem() / MEGABYTE / 32)))
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function settings(input: ConfigurationInput): Record<string, string> {
  return {
    listen_addresses: `''`,
    port: String(PORT),
    unix_socket_directories: quoted(`"${input.socketDir.replaceAll('"', '""')}"`),
    unix_socket_permissions: '0700',
    cluster_name: quoted(input.clusterName),
    max_connections: '100',
    // Durability: a 2xx promises that the commit is on disk.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    // Many small commits: few checkpoints, room for the log between them.
    wal_buffers: '16MB',
    wal_compression: 'on',
    min_wal_size: '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    shared_buffers: `${sharedBuffers()}MB`,
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    autovacuum: 'on',
    autovacuum_naptime: '15s',
    // A backend whose client died stops working for it.
    client_connection_check_interval: '1s',
    timezone: `'UTC'`,
    // To standard error, which is our file (log-file.ts): a collector would outlive the server and leave a zombie where
    // nobody reaps.
    logging_collector: 'off',
    log_destination: `'stderr'`,
    log_timezone: `'UTC'`,
    log_line_prefix: `'%m [%p] %q%a '`,
    log_checkpoints: 'off',
    // Statements and their details hold names and addresses of people, which have no business in a log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  }
}

/** `pg_ident.conf` knows only the user we run as, and lets it be the product's role or the superuser. */
function identMap(osUser: string): string {
  return [ROLE, SUPERUSER].map((role) => `rollcall "${osUser}" ${role}\n`).join('')
}

function writeAnew(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o644, flag: 'w' })
  renameSync(`${path}.new`, path)
}

/**
 * Writes the files into a folder that PostgreSQL's user can read and not write, and returns the arguments for it.
 * The files are written at every start: what is edited there by hand does not stay.
 */
export function writeConfiguration(input: ConfigurationInput): string[] {
  const folder = join(input.dataDir, 'postgres-config')
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is not a directory`)
  const lines = Object.entries(settings(input)).map(([name, value]) => `${name} = ${value}`)
  // initdb's own file comes first: it holds what initdb found out about this machine.
  const main = [`include ${quoted(join(input.pgData, 'postgresql.conf'))}`, ...lines, '']
  writeAnew(join(folder, 'postgresql.conf'), main.join('\n'))
  writeAnew(join(folder, 'pg_hba.conf'), 'local all all peer map=rollcall\n')
  writeAnew(join(folder, 'pg_ident.conf'), identMap(userInfo().username))
  return [
    '-D',
    input.pgData,
    '-c',
    `config_file=${join(folder, 'postgresql.conf')}`,
    '-c',
    `hba_file=${join(folder, 'pg_hba.conf')}`,
    '-c',
    `ident_file=${join(folder, 'pg_ident.conf')}`,
  ]
}
