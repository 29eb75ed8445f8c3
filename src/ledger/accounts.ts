/**
 * The chart of accounts (design 7). An account is a name; with a currency it has a balance. Identifiers hold no colon,
 * so that a name reads back one way only.
 */

/** What the casino owes the player at the cage. */
export function playerAccount(brand: string, playerId: string): string {
  return `player:${brand}:${playerId}`;
}

/** What is in play at a brand; of either sign. */
export function playAccount(brand: string): string {
  return `play:${brand}`;
}

/** What a gateway owes us, or we it, until it settles. */
export function gatewayAccount(gateway: string): string {
  return `gateway:${gateway}`;
}

/** Money that a gateway reported as paid out and that no bank statement has shown yet. */
export function transitAccount(gateway: string): string {
  return `transit:${gateway}`;
}

/** Our money at a bank, by the name that the configuration gives the account. */
export function bankAccount(account: string): string {
  return `bank:${account}`;
}

/** What a gateway or a bank took for its work, by its name. */
export function feesAccount(name: string): string {
  return `fees:${name}`;
}

/** Between two currencies of one conversion. */
export const fxAccount = 'fx';

/** What a player owes us because he could not pay back what was taken back from us. */
export function receivableAccount(brand: string, playerId: string): string {
  return `receivable:${brand}:${playerId}`;
}

/** Money whose owner nobody knows yet. */
export const suspenseAccount = 'suspense';

/** Only these carry a balance row, and only these may never run below zero. */
export function isPlayerAccount(account: string): boolean {
  return account.startsWith('player:');
}
