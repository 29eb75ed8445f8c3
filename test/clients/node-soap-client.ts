/**
 * A partner who calls with node-soap, which Cagebridge has anyway: this client runs everywhere.
 *
 *     node-soap-client.ts WSDL CA CERTIFICATE KEY PREFIX [CALL...]
 *
 * PREFIX begins every PartnerReference and names the player. "-" as CERTIFICATE presents none. Without CALL: all of
 * them, in both versions. One JSON line a call says what the application reads.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { type Client, createClientAsync } from 'soap';

interface Told {
  readonly PaymentId: string;
  readonly PartnerReference: string;
  readonly EndToEndId?: string;
  readonly TransactionStatus: string;
  readonly StatusReason?: { readonly Code: string };
  readonly InstructedAmount: { readonly attributes: { readonly Ccy: string }; readonly $value: string };
  readonly UnderReview: string;
  readonly Version: string;
  readonly AcceptanceDateTime: string;
}

interface Report {
  readonly Payment: Told;
  readonly History: { readonly Entry: readonly { readonly TransactionStatus: string }[] };
}

interface Detail {
  readonly PaymentFaultDetail?: {
    readonly Code: string;
    readonly ReasonCode?: string;
    readonly Message: string;
    readonly Outcome: string;
    readonly Retry: string;
    readonly CorrelationId: string;
    readonly PaymentId?: string;
    readonly Violation?: readonly { readonly Path: string; readonly Rule: string }[];
  };
}

/** What node-soap throws. SOAP 1.1 writes detail, SOAP 1.2 Detail. */
interface Thrown {
  readonly code?: string;
  readonly root?: { readonly Envelope: { readonly Body: { readonly Fault: FaultElement } } };
}

interface FaultElement {
  readonly detail?: Detail;
  readonly Detail?: Detail;
}

type Asked = (request: object) => Promise<readonly [{ readonly Result: Told | Report }]>;
type Operation = 'Deposit' | 'Withdrawal' | 'Status';

const party = { Name: 'Zoë Łukasiewicz 王', Account: { IBAN: 'DE89370400440532013000' } };

/** node-soap writes the elements in the order in which they stand here: the schema's. */
function payment(reference: string, player: string, parts: Record<string, unknown>): object {
  return {
    MessageId: parts['MessageId'] ?? 'node-1',
    CreationDateTime: new Date().toISOString(),
    PartnerReference: reference,
    EndToEndId: 'E2E/1 (test)',
    UETR: parts['UETR'],
    PlayerId: player,
    Amount: { attributes: { Ccy: 'EUR' }, $value: parts['Amount'] },
    PaymentMethod: 'BANK_TRANSFER',
    Debtor: parts['Debtor'],
    Creditor: parts['Creditor'],
    Purpose: parts['Purpose'],
    RemittanceInformation: 'Größe 10 € & <入金> 𝄞',
  };
}

/** The operation and the request of every call, by name, in the order in which they are made. */
function calls(prefix: string): Record<string, readonly [Operation, object]> {
  const paying = (end: string, parts: Record<string, unknown>): object =>
    payment(`${prefix}-${end}`, `${prefix}-player`, parts);
  const from = { Debtor: party };
  const to = { Creditor: party };
  return {
    deposit: ['Deposit', paying('in', { Amount: '50.00', ...from })],
    replay: ['Deposit', paying('in', { Amount: '50.00', ...from, MessageId: 'node-2' })],
    withdrawal: ['Withdrawal', paying('out', { Amount: '20.10', ...to })],
    withoutFunds: ['Withdrawal', paying('short', { Amount: '1000', ...to })],
    status: ['Status', { PartnerReference: `${prefix}-in` }],
    otherAmount: ['Deposit', paying('in', { Amount: '50.01', ...from })],
    decimals: ['Deposit', paying('decimals', { Amount: '1.001', ...from })],
    invalid: ['Deposit', paying('invalid', { Amount: '1.00', ...from, UETR: 'none', Purpose: 'gambling' })],
    notFound: ['Status', { PartnerReference: `${prefix}-none` }],
  };
}

function faultRead(fault: FaultElement): object {
  const detail = (fault.detail ?? fault.Detail)?.PaymentFaultDetail;
  return {
    code: detail?.Code,
    reason: detail?.ReasonCode ?? null,
    message: detail?.Message,
    outcome: detail?.Outcome,
    retry: detail?.Retry,
    correlationId: detail?.CorrelationId,
    paymentId: detail?.PaymentId ?? null,
    violations: (detail?.Violation ?? []).map(({ Path: path, Rule: rule }) => ({ path, rule })),
  };
}

/** A Result of Deposit and Withdrawal is the payment; that of Status holds it with its history. */
function resultRead(result: Told | Report): object {
  const told = 'Payment' in result ? result.Payment : result;
  return {
    paymentId: told.PaymentId,
    reference: told.PartnerReference,
    endToEndId: told.EndToEndId,
    status: told.TransactionStatus,
    reason: told.StatusReason?.Code ?? null,
    amount: told.InstructedAmount.$value,
    currency: told.InstructedAmount.attributes.Ccy,
    version: Number(told.Version),
    underReview: told.UnderReview === 'true',
    acceptedAt: told.AcceptanceDateTime,
    ...('History' in result && {
      history: result.History.Entry.map(({ TransactionStatus }) => TransactionStatus),
    }),
  };
}

async function made(client: Client, operation: Operation, request: object): Promise<object> {
  try {
    const ask = client[`${operation}Async`] as Asked;
    const [{ Result }] = await ask({ Request: request });
    return { result: resultRead(Result) };
  } catch (error) {
    const { root, code } = error as Thrown;
    return root === undefined ? { failed: code ?? 'Error' } : { fault: faultRead(root.Envelope.Body.Fault) };
  }
}

const [wsdl = '', ca = '', certificate = '', key = '', prefix = '', ...wanted] = process.argv.slice(2);
const identity = certificate === '-' ? {} : { cert: readFileSync(certificate), key: readFileSync(key) };
const httpsAgent = new Agent({ ca: readFileSync(ca), ...identity });
for (const version of ['1.1', '1.2']) {
  const forceSoap12Headers = version === '1.2';
  const client = await createClientAsync(wsdl, { forceSoap12Headers, wsdl_options: { httpsAgent } });
  client.setSecurity({ addOptions: (options) => Object.assign(options, { httpsAgent }), toXML: () => '' });
  for (const [call, [operation, request]] of Object.entries(calls(`${prefix}-${version}`))) {
    if (wanted.length > 0 && !wanted.includes(call)) continue;
    const line = { soap: version, call, ...(await made(client, operation, request)) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
httpsAgent.destroy();
