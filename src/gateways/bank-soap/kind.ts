import { defaultCallLimits, type GatewayKind } from '../kind.ts';
import { bankSoap } from './gateway.ts';

/** A bank that speaks wsdl/bank-gateway-v1.wsdl. It has no settings that only it has. */
export const bankSoapKind: GatewayKind = {
  defaultLimits: defaultCallLimits,
  open: bankSoap,
};
