/** What `partners add` asks where a person types: whatever is missing, one question at a time, each answer looked at before the next. */
import { isDevelopment } from '../../config/development.ts';
import { systemClock } from '../../platform/clock.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';
import { type Terminal, UsageError } from '../command.ts';
import { kitPlacesFrom } from '../partners-kit.ts';
import { readHisCertificate } from './his-certificate.ts';
import { operationsFrom } from './known-partner.ts';
import { type certificateOptions, sourceFrom } from './obtain-certificate.ts';
import { reasonFrom } from './partner-acts.ts';
import { brandsFrom, currenciesFrom, limitsFrom, type TermsFlags } from './partner-terms.ts';
import { readerOf } from './places.ts';

type CertificateFlags = {
  readonly [Name in Exclude<keyof typeof certificateOptions, 'issuer'>]?: string | undefined;
} & { readonly issuer?: string[] | undefined };

/** The flags of `partners add` that can be asked for. */
export interface AddFlags extends TermsFlags, CertificateFlags {
  readonly operation?: string[] | undefined;
  readonly brand?: string[] | undefined;
  readonly currency?: string[] | undefined;
  readonly 'amount-max'?: string[] | undefined;
  readonly reason?: string | undefined;
  readonly out?: string | undefined;
  readonly url?: string | undefined;
  readonly authority?: string[] | undefined;
}

/** Whether anything is missing without which nobody is added. */
export function isIncomplete(flags: AddFlags): boolean {
  const { operation, brand, currency, reason, ca, certificate } = flags;
  return [operation, brand, currency, reason, ca ?? certificate].includes(undefined);
}

/** The same flags with an answer for each that is missing. @throws UsageError where three answers were no good, or nobody answers */
export async function filledIn<Flags extends AddFlags>(
  partnerId: string,
  flags: Flags,
  terminal: Terminal,
): Promise<Flags> {
  const asked = asking(terminal);
  const operation = flags.operation ?? (await asked(questions.operation, words(operationsFrom)));
  const brand =
    flags.brand ??
    (await asked(
      questions.brand,
      words((some) => brandsFrom(some, terminal.env)),
    ));
  const currency = flags.currency ?? (await asked(questions.currency, words(currenciesFrom)));
  const limits =
    flags['amount-max'] ??
    (await asked(
      questions.limits,
      words((some) => limitsFrom(some, currency)),
    ));
  const whole = { ...flags, operation, brand, currency, 'amount-max': limits };
  const certified = { ...whole, ...(await certificateAsked(partnerId, whole, terminal)) };
  const placed = { ...certified, ...(await kitAsked(certified, terminal)) };
  const reason = placed.reason ?? (await asked(questions.reason, reasonFrom));
  const by =
    placed.ca === undefined ? `the certificate of ${placed.certificate ?? ''}` : 'a certificate of ours';
  const most = limits.length === 0 ? 'without a limit' : `at most ${limits.join(', ')}`;
  const may = `${operation.join(', ')} for ${brand.join(', ')} in ${currency.join(', ')}, ${most}`;
  const question = `Add ${partnerId}, by ${by}: ${may}? An id is never given again. (yes, or no)`;
  if (!(await asked(question, yesOrNo))) throw new Misconfigured(['nothing was done']);
  return { ...placed, reason };
}

const questions = {
  operation: 'What may he do? (deposit withdrawal status cancel refund)',
  brand: 'For which brands? (the first is his default)',
  currency: 'In which currencies? (as in EUR USD)',
  limits: 'What is the most that one payment may be? (as in EUR=50000.00; empty: no limit)',
  certificate: 'Which file has his certificate? (empty: our authority issues one)',
  issuer: 'Which files have the authorities that issued it, up to the root?',
  ca: 'Which folder has our authority? (as certs init made it)',
  passphrase: 'Where is its passphrase? (env:NAME or file:PATH)',
  out: 'Into which new folder do his certificate, his key and his kit go?',
  kit: 'Into which folder does his kit go? (empty: none now)',
  url: 'Under which address does he call? (https://...)',
  authority: "Which files vouch for the bridge's own certificate?",
  reason: 'Why is he added?',
} as const;

/** One that is there is looked at at once, so that a wrong file is found before everything else was answered. */
async function certificateAsked(
  partnerId: string,
  flags: AddFlags,
  terminal: Terminal,
): Promise<CertificateFlags & Pick<AddFlags, 'out'>> {
  if (flags.ca !== undefined || flags.certificate !== undefined) return {};
  const asked = asking(terminal);
  const certificate = await asked(questions.certificate, (text) => text);
  if (certificate !== '') {
    const issuer = await asked(
      questions.issuer,
      words((files) => {
        const read = { read: readerOf(terminal.env), now: systemClock.now() };
        const his = readHisCertificate(partnerId, { certificate, issuer: files }, read);
        if (typeof his === 'string') throw new UsageError(his);
      }),
    );
    return { certificate, issuer };
  }
  const ca = await asked(questions.ca, said);
  const passphrase = await asked(questions.passphrase, said);
  const out = flags.out ?? (await asked(questions.out, said));
  sourceFrom({ ca, passphrase, days: flags.days }, out);
  return { ca, passphrase, out };
}

async function kitAsked(
  flags: AddFlags,
  terminal: Terminal,
): Promise<Pick<AddFlags, 'out' | 'url' | 'authority'>> {
  const asked = asking(terminal);
  const out = flags.out ?? (await asked(questions.kit, (text) => (text === '' ? undefined : text)));
  if (out === undefined || isDevelopment(terminal.env)) return { out };
  const authority =
    flags.authority ?? (flags.ca === undefined ? await asked(questions.authority, words()) : undefined);
  const url =
    flags.url ??
    (await asked(questions.url, (text) => {
      if (authority !== undefined) kitPlacesFrom({ url: text, authority }, terminal.env);
      return said(text);
    }));
  return { out, url, ...(authority && { authority }) };
}

const triesMax = 3;

/** Asks until the answer can be used, three times at most; what was wrong with one is said before the next. */
function asking(terminal: Terminal) {
  return async <T>(question: string, read: (text: string) => T): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      const text = (await terminal.ask?.(`${question} `))?.trim();
      if (text === undefined) throw new UsageError(`nobody has answered: ${question}`);
      try {
        return read(text);
      } catch (error) {
        const isWrong = error instanceof UsageError || error instanceof Misconfigured;
        if (!isWrong || tries === triesMax) throw error;
        terminal.err(error instanceof Misconfigured ? error.problems.join('; ') : error.message);
      }
    }
  };
}

/** The words of an answer, which have to be good. */
function words(check: (some: readonly string[]) => unknown = () => undefined) {
  return (text: string): string[] => {
    const some = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
    check(some);
    return some;
  };
}

function said(text: string): string {
  if (text === '') throw new UsageError('an answer is needed');
  return text;
}

function yesOrNo(text: string): boolean {
  if (!/^(y(es)?|no?)$/i.test(text)) throw new UsageError('say yes or no');
  return /^y/i.test(text);
}
