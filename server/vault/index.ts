/**
 * Sealing and opening what is personal. Capabilities keep envelopes in their own `sealed…` columns; keys live here.
 * A dump of the database with superuser rights reads none of them.
 */
export {
  createVault,
  KeyUnavailable,
  type Area,
  type KeyOf,
  type ReadyKeys,
  type SealedAt,
  type Vault,
} from './vault.ts'
export { createOuterKey, parseOuterKey, readOuterKey, type OuterKey } from './outer-key.ts'
export { openKey } from './open-key.ts'
