import type { QueryResult } from 'pg'

/** Sends a statement at once, on the connection of a handle's transaction. */
export type Send = (sql: string, values: unknown[]) => Promise<QueryResult>

const senders = new WeakMap<object, Send>()

/** Tells how statements reach the connection behind a handle (connection.ts, once per connection). */
export function keepSender(handle: object, send: Send): void {
  senders.set(handle, send)
}

/** Undefined for a handle that was made elsewhere (the owner's, in migrations). */
export function senderOf(handle: object): Send | undefined {
  return senders.get(handle)
}
