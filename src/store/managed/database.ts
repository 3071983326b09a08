/**
 * Makes the product's role and database on a fresh server. Must not touch tables: those are the migrations' business.
 */
import { Client } from 'pg'
import { DATABASE, ROLE, SUPERUSER } from './configuration.ts'
import { PORT } from './socket-directory.ts'

/** Idempotent. The role may make databases (restore fills a fresh one) and is no superuser. */
export async function ensureDatabase(socketDir: string): Promise<void> {
  const client = new Client({ host: socketDir, port: PORT, user: SUPERUSER, database: 'postgres' })
  await client.connect()
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_catalog.pg_roles r where r.rolname = $1) as role,
              exists (select from pg_catalog.pg_database d where d.datname = $2) as database`,
      [ROLE, DATABASE],
    )
    if (rows[0]?.role !== true) await client.query(`create role ${ROLE} login createdb`)
    if (rows[0]?.database !== true) await client.query(`create database ${DATABASE} owner ${ROLE}`)
  } finally {
    await client.end()
  }
}
