/** What security does with certificates at this door: look at the inventory, have it read again, refuse one for ever. */
import { type DenyDoor, denyEndpoint } from './certificate-deny.ts';
import { type InventoryDoor, inventoryEndpoint } from './certificate-inventory.ts';
import { type ReloadDoor, reloadEndpoint } from './certificate-reload.ts';
import type { Endpoint } from './endpoint.ts';

export type CertificateDoor = InventoryDoor & ReloadDoor & DenyDoor;

export function certificateEndpoints(door: CertificateDoor): readonly Endpoint[] {
  return [inventoryEndpoint(door), reloadEndpoint(door), denyEndpoint(door)];
}
