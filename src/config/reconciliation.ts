import { currencyCodes } from '../ledger/currencies.ts';
import type { CoreListSettings } from '../reconciliation/core-list/settings.ts';
import { type MatchingConfig, matchingFrom, matchingProblems, type MatchingSeed } from './matching.ts';
import type { ImportLimits } from '../reconciliation/importing/world.ts';
import type { OurAccount } from '../reconciliation/our-accounts.ts';
import type { CloseLimits } from '../reconciliation/reports/close-day.ts';
import type { CloseSchedule } from '../reconciliation/reports/close-due.ts';
import type { ReportLimits } from '../reconciliation/reports/world.ts';
import { accountKeyOf } from '../reconciliation/statement-store.ts';
import { unknownNames } from '../platform/misconfigured.ts';
import { profilesWith } from '../reconciliation/importing/readers.ts';
import type { CsvProfile } from '../reconciliation/statements/csv/profile.ts';

/** The part of the configuration that is for finance. */
export interface ReconciliationConfig {
  readonly accounts: readonly OurAccount[];
  readonly coreList: CoreListSettings;
  readonly csvProfiles: ReconciliationSeed['csvProfiles'];
  readonly fetch: FetchSettings;
  /** Where files are laid for import; absolute. */
  readonly folder?: { readonly path: string; readonly csvProfile?: string };
  readonly matching: MatchingConfig;
  /** How often it is looked whether what players are owed is there. */
  readonly playerFunds: { readonly everyMs: number };
  /** When days are closed without anybody asking; absent where only people close. */
  readonly close?: CloseSettings;
  /** A reference to the key that signs the daily close. */
  readonly closeKey?: string;
  readonly limits: StatementLimits;
}

/** Bounds of importing, of the ways that files come in, of reports and of the close. */
export interface StatementLimits extends ImportLimits, ReportLimits, CloseLimits {
  /** How often the folder is looked into. A file is taken that has not changed since the last look. */
  readonly folderPollMs: number;
  /** Files that are taken at one look. */
  readonly folderFilesMax: number;
  /** Statements that come in by REST at one time, and are imported meanwhile. */
  readonly uploadsMax: number;
  /** So long who sent one waits for what became of it; it is imported without him. */
  readonly uploadAnswerMs: number;
}

/** When gateways are asked for their statements. */
export interface FetchSettings {
  /** So long after a day's end (UTC) its statement is asked for. */
  readonly afterDayEndMs: number;
  /** Days that are asked for, the latest and those before. */
  readonly daysMax: number;
  readonly pollMs: number;
  readonly leaseMs: number;
  /** When a gateway did not answer: so long until it is asked again. */
  readonly retryMs: number;
}

/** When days are closed, and how often it is looked for one that is due. */
export interface CloseSettings extends CloseSchedule {
  readonly everyMs: number;
}

/** As the schema accepts it. */
export interface ReconciliationSeed {
  readonly accounts: readonly AccountSeed[];
  readonly coreList: CoreListSettings;
  readonly csvProfiles: readonly CsvProfile[];
  readonly fetch: FetchSettings;
  readonly folder?: { readonly path: string; readonly csvProfile?: string };
  readonly matching: MatchingSeed;
  readonly playerFunds: ReconciliationConfig['playerFunds'];
  readonly close?: CloseSettings;
  readonly closeKey?: string;
  readonly limits: StatementLimits;
}

interface AccountSeed extends Omit<OurAccount, 'key' | 'gateways' | 'holidays'> {
  readonly iban?: string;
  readonly other?: string;
  readonly gateways?: readonly string[];
  readonly holidays?: readonly string[];
}

/** With each account known by what statements call it, and the folder where the home has it. */
export function reconciliationFrom(
  { accounts, folder, matching, ...asWritten }: ReconciliationSeed,
  inHome: (path: string) => string,
): ReconciliationConfig {
  return {
    ...asWritten,
    accounts: accounts.map(ourAccountFrom),
    matching: matchingFrom(matching),
    ...(folder && { folder: { ...folder, path: inHome(folder.path) } }),
  };
}

function ourAccountFrom({ iban, other, gateways = [], holidays = [], ...account }: AccountSeed): OurAccount {
  const key = accountKeyOf({ ...(iban !== undefined && { iban }), ...(other !== undefined && { other }) });
  return { ...account, key, gateways, holidays };
}

const at = (index: number, member: string): string => `/reconciliation/accounts/${index}/${member}`;

interface Known {
  readonly gateways: readonly string[];
  readonly brands: readonly string[];
}

/** What accounts name that is nowhere, and where two of them are one. */
export function reconciliationProblems(
  { accounts, csvProfiles, folder, matching, close, limits }: ReconciliationConfig,
  known: Known,
): string[] {
  const profiles = csvProfiles.map(({ name }) => name);
  const usable = profilesWith(csvProfiles).map(({ name }) => name);
  return [
    ...accounts.flatMap(({ gateways, reportOf, fetchFrom, brand, currency }, index) => [
      ...unknownNames(`${at(index, 'gateways')}: unknown gateway`, gateways, known.gateways),
      ...unknownNames(`${at(index, 'reportOf')}: unknown gateway`, given(reportOf), known.gateways),
      ...unknownNames(`${at(index, 'fetchFrom')}: unknown gateway`, given(fetchFrom), known.gateways),
      ...unknownNames(`${at(index, 'brand')}: unknown brand`, [brand], known.brands),
      ...unknownNames(`${at(index, 'currency')}: unknown currency`, [currency], currencyCodes()),
      ...(reportOf !== undefined && gateways.length > 0
        ? [
            `${at(index, 'gateways')}: no money lands where a gateway reports; write them at the account of the bank`,
          ]
        : []),
    ]),
    ...matchingProblems(matching, {
      gateways: known.gateways,
      accounts: accounts.map(({ name }) => name),
    }),
    ...repeated(accounts, ({ name }) => name).map((index) => `${at(index, 'name')}: the same name twice`),
    ...repeated(accounts, ({ key, currency }) => `${key} ${currency}`).map(
      (index) => `/reconciliation/accounts/${index}: the same account in the same currency twice`,
    ),
    ...repeated(
      accounts,
      ({ reportOf, currency, brand }) => reportOf && `${reportOf} ${currency} ${brand}`,
    ).map(
      (index) => `${at(index, 'reportOf')}: the same gateway's report in the same currency and brand twice`,
    ),
    ...repeated(profiles, (name) => name).map(
      (index) => `/reconciliation/csvProfiles/${index}/name: the same name twice`,
    ),
    ...unknownNames('/reconciliation/folder/csvProfile: unknown profile', given(folder?.csvProfile), usable),
    ...(close !== undefined && close.afterDayEndMs < limits.closeGraceMs
      ? ['/reconciliation/close/afterDayEndMs: is shorter than limits.closeGraceMs']
      : []),
  ];
}

function given(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

/** The places of those whose key an earlier one has. */
function repeated<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): readonly number[] {
  const keys = items.map(keyOf);
  return keys.flatMap((key, index) => (key !== undefined && keys.indexOf(key) < index ? [index] : []));
}
